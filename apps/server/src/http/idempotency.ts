import { createHash } from 'node:crypto'
import type { Route } from '@tael/contracts'
import { sql } from 'kysely'
import { currentTime } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import { prepared, run } from '../db/prepared.ts'
import { HttpProblem } from './problem.ts'

/** A request with an idempotency key. */
export interface KeyedRequest {
  readonly callerId: string
  readonly key: string
  readonly route: Route
  readonly body: object
}

/**
 * Claims the key for the resource that this request is about to create. Returns `resourceId` for
 * the first request with the key, else the id of the resource that the first one created. A
 * concurrent request with the key waits until the first commits. Throws `idempotency_key_reused`
 * where the key belongs to a different request.
 */
export async function claimKey(trx: Trx, request: KeyedRequest, resourceId: string): Promise<string> {
  return readClaim(trx, request, await run(trx, keyToClaim(request, resourceId)))
}

/** The statement of `claimKey`, whose rows are for `readClaim`. */
export function keyToClaim(request: KeyedRequest, resourceId: string) {
  return keyClaimed({ callerId: request.callerId, ...claimOf(request, resourceId) })
}

interface Claim {
  readonly key: string
  readonly route: string
  readonly hash: Buffer
  readonly resourceId: string
}

function claimOf({ key, route, body }: Omit<KeyedRequest, 'callerId'>, resourceId: string): Claim {
  return { key, route: route.path, hash: hashRequest(body), resourceId }
}

interface Claimed {
  readonly resource_id: string
}

const keyClaimed = prepared<Claim & { readonly callerId: string }, Claimed>((db, value) =>
  db
    .insertInto('idempotency_keys')
    .values({
      caller_id: value('callerId'),
      key: value('key'),
      route: value('route'),
      request_hash: value('hash'),
      resource_id: value('resourceId'),
    })
    .onConflict((conflict) => conflict.columns(['caller_id', 'key']).doNothing())
    .returning('resource_id'),
)

/**
 * The same of a request whose caller is the shopper of this session. It claims nothing where the
 * session has ended, which is to be found out before `readClaim`.
 */
export function keyToClaimInSession(
  tokenHash: Buffer,
  request: Omit<KeyedRequest, 'callerId'>,
  resourceId: string,
) {
  return keyClaimedInSession({ tokenHash, ...claimOf(request, resourceId) })
}

const keyClaimedInSession = prepared<Claim & { readonly tokenHash: Buffer }, Claimed>((db, value) =>
  db
    .insertInto('idempotency_keys')
    .columns(['caller_id', 'key', 'route', 'request_hash', 'resource_id'])
    .expression((query) =>
      query
        .selectFrom('sessions')
        .select([
          'shopper_id',
          value('key').as('key'),
          value('route').as('route'),
          sql<Buffer>`${value('hash')}::bytea`.as('request_hash'),
          value('resourceId').as('resource_id'),
        ])
        .where('token_hash', '=', value('tokenHash'))
        .where('expires_at', '>', currentTime),
    )
    .onConflict((conflict) => conflict.columns(['caller_id', 'key']).doNothing())
    .returning('resource_id'),
)

/** The id of the resource that a key leads to, as `claimKey` returns it. */
export async function readClaim(
  trx: Trx,
  { callerId, key, route, body }: KeyedRequest,
  [claimed]: readonly Claimed[],
): Promise<string> {
  if (claimed !== undefined) return claimed.resource_id
  const first = await trx
    .selectFrom('idempotency_keys')
    .select(['route', 'request_hash', 'resource_id'])
    .where('caller_id', '=', callerId)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  if (first.route === route.path && hashRequest(body).equals(first.request_hash)) return first.resource_id
  throw new HttpProblem('idempotency_key_reused', 'Use a new Idempotency-Key for each different request.')
}

/** SHA-256 of a request's body, in which the order of members does not matter. */
export function hashRequest(body: object): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(sortKeys(body)))
    .digest()
}

/** How many keys lead to one resource, beside the one that created it. */
const MOVED_KEYS_MAX = 5

/**
 * Moves a claimed key to the resource that the request led to. Of the keys that were moved there
 * only the newest few are kept: a phone retries its last requests, and each new key would otherwise
 * be a row for a month.
 */
export async function moveKey(trx: Trx, { callerId, key }: KeyedRequest, resourceId: string): Promise<void> {
  await sql`
    with superfluous as (
      select key from idempotency_keys
      where caller_id = ${callerId} and resource_id = ${resourceId} and moved
      order by created_at desc, key offset ${MOVED_KEYS_MAX - 1}
    ), deleted as (
      delete from idempotency_keys where caller_id = ${callerId} and key in (select key from superfluous)
    )
    update idempotency_keys set resource_id = ${resourceId}, moved = true
    where caller_id = ${callerId} and key = ${key}`.execute(trx)
}

/** The value with the keys of every object sorted: their order in the body does not matter. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, part]) => [key, sortKeys(part)]),
  )
}
