import { createHash } from 'node:crypto'
import { NotificationItem, type SignedItem } from '@tael/adyen'
import { Check } from '@sinclair/typebox/value'
import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { msSince } from '../db/clock.ts'
import type { Trx } from '../db/database.ts'
import { HttpProblem } from '../http/problem.ts'
import { announceStep } from '../steps.ts'
import { type Applied, applyItem, type ItemSettings, NotYetApplicable } from './apply-item.ts'
import { readEventDate } from './event-date.ts'

/** How long applying an item may wait for a lock: Adyen expects an answer within 10 s. */
const LOCK_TIMEOUT_MS = 1_500
const RETRY_AFTER_MS = 5_000
const PAUSE_MS_MAX = 3_600_000
/** How long an item that is not yet applicable is retried. */
const WAIT_MS_MAX = 30 * 24 * 3_600_000
/** Adyen's items are three levels deep. Thousands of levels could not be serialised or stored. */
const LEVELS_MAX = 100

/** The part of the context that the inbox uses. */
export type InboxContext = Pick<Context, 'db' | 'jobs' | 'log'> & {
  readonly config: { readonly adyen: ItemSettings }
}

/**
 * Stores authentic items and applies them, all in one transaction: after it Adyen may be answered.
 * An item that cannot be applied is still stored, marked and retried, because it must not block
 * Adyen's queue. The same content delivered again is only counted. Throws `validation_failed` for
 * an item nested too deeply to be stored.
 */
export async function receiveItems(context: InboxContext, items: readonly SignedItem[]): Promise<void> {
  const { db, log } = context
  if (!items.every((item) => isNestedWithin(LEVELS_MAX, item))) {
    throw new HttpProblem('validation_failed', `Send items with at most ${LEVELS_MAX} levels.`)
  }
  const received = await db.transaction().execute(async (trx) => {
    const all: ReceivedItem[] = []
    for (const item of items) all.push(await receiveItem(context, trx, item))
    return all
  })
  announceStep('webhook stored')
  for (const { id, applied } of received) if (applied !== undefined) logApplied(log, id, applied)
}

function isNestedWithin(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((part) => isNestedWithin(levels - 1, part))
}

/** Logs, after the commit, what an operator must know of an item. */
function logApplied(log: InboxContext['log'], webhookId: number, { attention, alarm }: Applied): void {
  if (attention !== undefined) log.error({ webhookId, reason: attention }, 'webhook needs attention')
  if (alarm === undefined) return
  const what = alarm.refundId === undefined ? 'money of a payment was taken back' : 'a refund failed'
  log.error({ webhookId, ...alarm }, what)
}

/** A stored item; `applied` is undefined where it was delivered before. */
interface ReceivedItem {
  readonly id: number
  readonly applied?: Applied
}

async function receiveItem(context: InboxContext, trx: Trx, item: SignedItem): Promise<ReceivedItem> {
  const { jobs, config } = context
  const { id, deliveries } = await insertItem(trx, item)
  if (deliveries > 1) return { id }

  await sql.raw(`savepoint apply_item; set local lock_timeout = ${LOCK_TIMEOUT_MS}`).execute(trx)
  let applied: Applied
  try {
    applied = await applyItem({ trx, jobs }, config.adyen, { webhookId: id, replayed: false }, item)
  } catch (error) {
    await sql.raw('rollback to savepoint apply_item').execute(trx)
    applied = {
      state: 'attention',
      attention: `not applied yet: ${error instanceof Error ? error.message : String(error)}`,
    }
    await jobs.send(trx, 'retry-webhook', { webhookId: id }, RETRY_AFTER_MS)
  }
  if (applied.state !== 'applied') await markItem(trx, id, applied)
  return { id, applied }
}

/**
 * Retries a stored item that could not be applied. Throws where it still cannot be; but an item
 * that is not yet applicable is retried for a month, after pauses that grow with its age up to an
 * hour.
 */
export async function retryItem(context: InboxContext, webhookId: number): Promise<void> {
  const { db, jobs } = context
  const { state, ageMs } = await db
    .selectFrom('webhook_items')
    .select(['state', msSince('received_at').as('ageMs')])
    .where('id', '=', webhookId)
    .executeTakeFirstOrThrow()
  if (state !== 'attention') return
  try {
    await replayItem(context, webhookId)
  } catch (error) {
    if (!(error instanceof NotYetApplicable) || ageMs > WAIT_MS_MAX) throw error
    const pauseMs = Math.min(Math.max(ageMs, RETRY_AFTER_MS), PAUSE_MS_MAX)
    await db.transaction().execute((trx) => jobs.send(trx, 'retry-webhook', { webhookId }, pauseMs))
  }
}

/** Applies a stored item again: adds what is missing and changes nothing else. */
export async function replayItem(context: InboxContext, webhookId: number): Promise<Applied> {
  const applied = await context.db.transaction().execute((trx) => applyAgain(context, trx, webhookId))
  logApplied(context.log, webhookId, applied)
  return applied
}

async function applyAgain(context: InboxContext, trx: Trx, webhookId: number): Promise<Applied> {
  const { item, state } = await trx
    .selectFrom('webhook_items')
    .select(['item', 'state'])
    .where('id', '=', webhookId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const { jobs, config } = context
  // An item that was never applied records its event even where it changes nothing.
  const replayed = state === 'applied'
  const applied = await applyItem({ trx, jobs }, config.adyen, { webhookId, replayed }, item)
  await markItem(trx, webhookId, applied)
  return applied
}

/**
 * Inserts an item as applied, which it nearly always is by the commit; any other is marked later.
 */
async function insertItem(trx: Trx, item: SignedItem): Promise<{ id: number; deliveries: number }> {
  const content = JSON.stringify(item)
  const facts = Check(NotificationItem, item) ? item : undefined
  return trx
    .insertInto('webhook_items')
    .values({
      content_hash: createHash('sha256').update(content).digest(),
      event_code: toStorable(facts?.eventCode),
      event_date: facts === undefined ? null : readEventDate(facts),
      psp_reference: toStorable(facts?.pspReference),
      original_reference: toStorable(facts?.originalReference),
      merchant_account: toStorable(facts?.merchantAccountCode),
      merchant_reference: toStorable(facts?.merchantReference),
      success: facts === undefined ? null : facts.success === 'true',
      item: content,
      state: 'applied',
    })
    .onConflict((conflict) =>
      conflict.column('content_hash').doUpdateSet({
        deliveries: sql<number>`webhook_items.deliveries + 1`,
        last_received_at: sql<Date>`now()`,
      }),
    )
    .returning(['id', 'deliveries'])
    .executeTakeFirstOrThrow()
}

/** A text without NUL and lone surrogates, which no column can hold. `item` keeps the original. */
function toStorable(text: string | null | undefined): string {
  return (text ?? '').replaceAll('\u0000', '').toWellFormed()
}

async function markItem(trx: Trx, webhookId: number, { state, attention }: Applied): Promise<void> {
  await trx
    .updateTable('webhook_items')
    .set({ state, attention: attention === undefined ? null : toStorable(attention) })
    .where('id', '=', webhookId)
    .execute()
}
