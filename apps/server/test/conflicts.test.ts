import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'

const test = base
  /** Lets PostgreSQL end as many transactions that insert an order with this SQLSTATE. */
  .extend(
    'failing',
    { scope: 'test' },
    ({ shop: { database } }) =>
      async (sqlState: string, times: number, action: () => Promise<void>) => {
        await database.rows(`
        create sequence conflicts;
        create function conflict() returns trigger language plpgsql as $$ begin
          if nextval('conflicts') <= ${times} then raise exception 'conflict' using errcode = '${sqlState}'; end if;
          return new;
        end $$;
        create trigger conflict after insert on orders for each row execute function conflict()`)
        try {
          await action()
        } finally {
          await database.rows('drop function conflict cascade; drop sequence conflicts')
        }
      },
  )

test.for(['40001', '40P01'])(
  'a transaction that PostgreSQL ends with %s is run again, and the request succeeds',
  async (sqlState, { shop, shopper, failing }) => {
    await failing(sqlState, 2, async () => {
      const { id } = await shopper.order(4000)
      expect(await shop.database.count('orders', 'id = $1', [id])).toBe(1)
    })
  },
)

test('a conflict that does not end is answered 503, and the phone tries again', async ({
  shopper,
  failing,
}) => {
  await failing('40001', 1_000, async () => {
    expect(await refusalOf(shopper.order(4000))).toMatchObject({
      status: 503,
      code: 'not_ready',
      retryAfterSeconds: 1,
    })
  })
})
