import { createHash } from 'node:crypto'
import { NotificationItem, type SignedItem } from '@tael/adyen'
import { Check } from '@sinclair/typebox/value'
import { sql } from 'kysely'
import type { Db, Trx } from '../db/database.ts'
import type { WebhookState } from '../db/tables.ts'
import { ProblemError } from '../http/problem.ts'
import type { JobQueue } from '../jobs/jobs.ts'
import { reached } from '../steps.ts'
import { applyItem, type ItemReading, NotYet } from './apply.ts'
import { readEventDate } from './event-date.ts'

/** How long applying an item may wait for a lock: Adyen wants its answer within 10 s. */
const LOCK_TIMEOUT_MS = 1_500
const RETRY_AFTER_MS = 5_000
const PAUSE_MS_MAX = 3_600_000
const WAIT_MS_MAX = 30 * 24 * 3_600_000
/** Adyen's items are three levels deep. What is nested by the thousand could neither be written again nor kept. */
const LEVELS_MAX = 100

export interface InboxDependencies extends ItemReading {
  readonly db: Db
  readonly jobs: JobQueue
  /** Hears of every item that could not be applied. */
  readonly onAttention: (webhookId: number, reason: string) => void
}

/** What became of an item, and why where it needs attention. */
export interface Applied {
  readonly state: WebhookState
  readonly attention?: string
}

/**
 * Stores authentic items and applies them, all in one transaction: when it returns they are kept for ever and Adyen may
 * be told so. An item that cannot be applied is stored all the same, marked and tried again: it must not block the
 * queue behind it. The same content delivered again is counted and nothing else. Throws `validation_failed` for an item
 * nested too deep to be kept.
 */
export async function receiveItems(
  dependencies: InboxDependencies,
  items: readonly SignedItem[],
): Promise<void> {
  const { db, onAttention } = dependencies
  if (!items.every((item) => isWithin(LEVELS_MAX, item))) {
    throw new ProblemError('validation_failed', `An item is nested deeper than ${LEVELS_MAX} levels.`)
  }
  const attention: { id: number; reason: string }[] = []
  await db.transaction().execute(async (trx) => {
    for (const item of items) {
      const { id, applied } = await receiveItem(dependencies, trx, item)
      if (applied?.attention !== undefined) attention.push({ id, reason: applied.attention })
    }
  })
  reached('webhook stored')
  for (const { id, reason } of attention) onAttention(id, reason)
}

function isWithin(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((part) => isWithin(levels - 1, part))
}

async function receiveItem(
  dependencies: InboxDependencies,
  trx: Trx,
  item: SignedItem,
): Promise<{ id: number; applied?: Applied }> {
  const { jobs } = dependencies
  const { id, deliveries } = await insertItem(trx, item)
  if (deliveries > 1) return { id }

  await sql.raw(`savepoint apply_item; set local lock_timeout = ${LOCK_TIMEOUT_MS}`).execute(trx)
  let applied: Applied
  try {
    applied = await applyItem({ trx, jobs }, dependencies, { webhookId: id, replayed: false }, item)
  } catch (error) {
    await sql.raw('rollback to savepoint apply_item').execute(trx)
    applied = {
      state: 'attention',
      attention: `not applied yet: ${error instanceof Error ? error.message : String(error)}`,
    }
    await jobs.send(trx, 'retry-webhook', { webhookId: id }, new Date(Date.now() + RETRY_AFTER_MS))
  }
  if (applied.state !== 'applied') await mark(trx, id, applied)
  return { id, applied }
}

/**
 * Applies a stored item that could not be applied before. Throws where it still cannot; but what waits for something else
 * to be known waits on, looking after pauses that grow with its age up to an hour, for a month.
 */
export async function retryItem(dependencies: InboxDependencies, webhookId: number): Promise<void> {
  const { db, jobs } = dependencies
  const { state, received_at } = await db
    .selectFrom('webhook_items')
    .select(['state', 'received_at'])
    .where('id', '=', webhookId)
    .executeTakeFirstOrThrow()
  if (state !== 'attention') return
  try {
    await db.transaction().execute((trx) => applyAgain(dependencies, trx, webhookId))
  } catch (error) {
    const ageMs = Date.now() - received_at.getTime()
    if (!(error instanceof NotYet) || ageMs > WAIT_MS_MAX) throw error
    const pauseMs = Math.min(Math.max(ageMs, RETRY_AFTER_MS), PAUSE_MS_MAX)
    const at = new Date(Date.now() + pauseMs)
    await db.transaction().execute((trx) => jobs.send(trx, 'retry-webhook', { webhookId }, at))
  }
}

/** Applies a stored item again: what it was applied to already stays as it is, what was missing is made good. */
export async function replayItem(dependencies: InboxDependencies, webhookId: number): Promise<Applied> {
  return dependencies.db.transaction().execute((trx) => applyAgain(dependencies, trx, webhookId))
}

async function applyAgain(dependencies: InboxDependencies, trx: Trx, webhookId: number): Promise<Applied> {
  const { item, state } = await trx
    .selectFrom('webhook_items')
    .select(['item', 'state'])
    .where('id', '=', webhookId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const { jobs, onAttention } = dependencies
  // What was never applied leaves its event, whether it changes anything or not.
  const replayed = state === 'applied'
  const applied = await applyItem({ trx, jobs }, dependencies, { webhookId, replayed }, item)
  await mark(trx, webhookId, applied)
  if (applied.attention !== undefined) onAttention(webhookId, applied.attention)
  return applied
}

/** Stored as applied, which it nearly always is by the end of this transaction: the rest is marked otherwise. */
async function insertItem(trx: Trx, item: SignedItem): Promise<{ id: number; deliveries: number }> {
  const content = JSON.stringify(item)
  const facts = Check(NotificationItem, item) ? item : undefined
  return trx
    .insertInto('webhook_items')
    .values({
      content_hash: createHash('sha256').update(content).digest(),
      event_code: storable(facts?.eventCode),
      event_date: facts === undefined ? null : readEventDate(facts),
      psp_reference: storable(facts?.pspReference),
      original_reference: storable(facts?.originalReference),
      merchant_account: storable(facts?.merchantAccountCode),
      merchant_reference: storable(facts?.merchantReference),
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

/** A text as a column takes it: without NUL and without halves of a character. `item` keeps the original. */
function storable(text: string | null | undefined): string {
  return (text ?? '').replaceAll('\u0000', '').toWellFormed()
}

async function mark(trx: Trx, webhookId: number, { state, attention }: Applied): Promise<void> {
  await trx
    .updateTable('webhook_items')
    .set({ state, attention: attention === undefined ? null : storable(attention) })
    .where('id', '=', webhookId)
    .execute()
}
