import { createHash } from 'node:crypto'
import type { Route } from '@tael/contracts'
import type { Trx } from '../db/database.ts'
import { HttpProblem } from './problem.ts'

/** One idempotent request: whose key, which route, and what was asked. */
export interface KeyedRequest {
  readonly callerId: string
  readonly key: string
  readonly route: Route
  readonly body: object
}

/**
 * Claims the key for what this request is about to make. Returns `resourceId` where the request is the first under its
 * key, else the id of what the first one made. A twin that runs at the same moment waits here for the first to commit.
 * Throws `idempotency_key_reused` where the key stood for another request.
 */
export async function claimKey(trx: Trx, request: KeyedRequest, resourceId: string): Promise<string> {
  const { callerId, key, route } = request
  const hash = createHash('sha256')
    .update(JSON.stringify(sorted(request.body)))
    .digest()
  const claimed = await trx
    .insertInto('idempotency_keys')
    .values({ caller_id: callerId, key, route: route.path, request_hash: hash, resource_id: resourceId })
    .onConflict((conflict) => conflict.columns(['caller_id', 'key']).doNothing())
    .returning('resource_id')
    .executeTakeFirst()
  if (claimed !== undefined) return resourceId

  const first = await trx
    .selectFrom('idempotency_keys')
    .select(['route', 'request_hash', 'resource_id'])
    .where('caller_id', '=', callerId)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  if (first.route === route.path && hash.equals(first.request_hash)) return first.resource_id
  throw new HttpProblem(
    'idempotency_key_reused',
    'Make a new Idempotency-Key for each request that asks for something else.',
  )
}

/** Points a claimed key at what the request led to after all. */
export async function pointKey(trx: Trx, request: KeyedRequest, resourceId: string): Promise<void> {
  await trx
    .updateTable('idempotency_keys')
    .set({ resource_id: resourceId })
    .where('caller_id', '=', request.callerId)
    .where('key', '=', request.key)
    .execute()
}

/** The same value with every object's keys in order, so that their order in the body does not count. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  )
}
