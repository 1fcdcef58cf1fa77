import { expect } from 'vitest'
import { test } from './fixtures.ts'

/** More than one statement deletes. */
const MANY = 25_000

test('expired sessions are deleted in slices, and old keys also where sessions cannot be', async ({
  shop: { database },
  shopper,
  queue,
}) => {
  await shopper.order(6100)
  await database.rows(`update idempotency_keys set created_at = now() - interval '31 days'`)
  await database.rows(
    `insert into sessions (token_hash, shopper_id, expires_at)
     select sha256(number::text::bytea), (select id from shoppers limit 1), now() - interval '1 second'
     from generate_series(1, $1::int) as number`,
    [MANY],
  )
  // No statement may delete them all: that is what a time-out would stop in a big shop.
  await database.rows(`
    create table deletions (count integer);
    create function record_deletion() returns trigger language plpgsql as $$
    begin
      insert into deletions select count(*) from gone;
      return null;
    end $$;
    create trigger record after delete on sessions referencing old table as gone
      for each statement execute function record_deletion()`)
  await queue.enqueue('delete-expired', {})
  await queue.waitUntilCompleted('delete-expired', {})
  const deletions = (await database.rows('select count from deletions')).map(({ count }) => Number(count))
  expect(deletions.reduce((sum, count) => sum + count, 0)).toBe(MANY)
  expect(Math.max(...deletions)).toBeLessThan(MANY)
  expect(await database.count('idempotency_keys', 'true')).toBe(0)
  // The session that is not over still works.
  await shopper.order(6100)

  await database.rows(`update idempotency_keys set created_at = now() - interval '31 days'`)
  await database.rows(`
    create or replace function record_deletion() returns trigger language plpgsql as $$
    begin
      raise exception 'sessions cannot be deleted now';
    end $$`)
  await queue.enqueue('delete-expired', {})
  await expect.poll(() => database.count('idempotency_keys', 'true')).toBe(0)
})
