import { expect } from 'vitest'
import { openStatuses } from '../src/ledger/transition.ts'
import { test } from './fixtures.ts'

test('the index that allows one open attempt lists the statuses that the code calls open', async ({
  shop,
}) => {
  const { predicate } = await shop.database.row(
    `select pg_get_expr(indpred, indrelid) as predicate from pg_index where indexrelid = 'payments_one_open'::regclass`,
  )
  const listed = new Set([...String(predicate).matchAll(/'(\w+)'/g)].map(([, status]) => status))
  expect(listed).toEqual(new Set<unknown>(openStatuses))
})
