import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test } from './fixtures.ts'

/**
 * Lets the next reservations of a product fail as when another order takes the stock in between.
 */
const skipReservations = (times: number): string => `
  create sequence if not exists skipped;
  alter sequence skipped restart;
  create or replace function skip_reservation() returns trigger language plpgsql as $$
  begin
    if nextval('skipped') <= ${times} then return null; end if;
    return new;
  end $$;
  create or replace trigger skip before update on products for each row execute function skip_reservation()`

test('an order whose stock was taken between price and reservation is priced again', async ({
  shop,
  shopper,
}) => {
  const productId = await shop.addProduct(6100, 5)
  const lines = [{ productId, quantity: 2 }]
  await shop.database.rows(skipReservations(1))
  expect(await shopper.orderProducts(lines)).toMatchObject({ status: 'open', amount: { value: 12_200 } })
  expect(await shop.database.stockOf(productId)).toEqual({ free: 3, reserved: 2, sold: 0 })

  await shop.database.rows(skipReservations(100))
  expect(await refusalOf(shopper.orderProducts(lines))).toMatchObject({
    code: 'not_ready',
    retryAfterSeconds: 1,
  })
  expect(await shop.database.stockOf(productId)).toEqual({ free: 3, reserved: 2, sold: 0 })
})
