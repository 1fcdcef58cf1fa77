import type { ErasedShopper } from '@tael/contracts'
import type { FastifyBaseLogger } from 'fastify'
import { sql } from 'kysely'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import { currentTime } from '../db/clock.ts'
import type { Db, Trx } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { HttpProblem } from '../http/problem.ts'
import { ERASED_TEXT, forgetInOrders } from '../ledger/forget-shopper.ts'
import { ERASED, hashOpenid, type Openids } from '../openids/openids.ts'
import { announceStep } from '../steps.ts'
import { findObstacles } from './obstacles.ts'
import { readShopper } from './shoppers.ts'

/** How many orders one transaction clears, so that none takes long. */
const SLICE_SIZE = 50

/**
 * Erases a shopper: their openid, sessions and idempotency keys first, so that nobody is this shopper
 * any more, with the audit record in one transaction; then what their orders hold, in slices. A process
 * that dies in between leaves the rest to the next call, or to the job. Erasing again changes nothing.
 * Throws `shopper_not_erasable` with what to wait for while an order or money of theirs is undecided.
 */
export async function eraseShopper(
  { db, openids }: { readonly db: Db; readonly openids: Openids },
  action: OperatorAction,
  shopperId: string,
  note: string,
): Promise<ErasedShopper> {
  await beginErasure(db, openids, { ...action, subject: shopperId, detail: { note } }, shopperId)
  announceStep('erasure begun')
  return finishErasure(db, shopperId)
}

/** Until when a job may begin another slice, by `performance.now()`, and where it logs what it did. */
export interface Run {
  readonly end: number
  readonly log: FastifyBaseLogger
}

/** Finishes what processes that died have begun to erase. Rejects after the last shopper if one failed. */
export async function finishErasures(db: Db, { end, log }: Run): Promise<void> {
  const begun = await db
    .selectFrom('shoppers')
    .select('id')
    .where('openid_key', '=', ERASED)
    .where('erased_at', 'is', null)
    .execute()
  let finished = 0
  const failures: unknown[] = []
  for (const { id } of begun) {
    if (performance.now() >= end) break
    await finishErasure(db, id).then(
      () => (finished += 1),
      (error: unknown) => failures.push(error),
    )
  }
  if (finished > 0) log.warn({ shoppers: finished }, 'erasures that were left unfinished are finished')
  if (failures.length > 0) throw new AggregateError(failures, 'Shoppers could not be erased.')
}

/** Throws where the confirmation names another shopper. */
export function checkConfirmation(shopperId: string, confirm: string): void {
  if (confirm === shopperId) return
  const errors = [{ path: 'body/confirm', message: 'is not the id of the shopper' }]
  throw new HttpProblem('validation_failed', `Confirm with the id of the shopper: ${shopperId}.`, { errors })
}

async function beginErasure(
  db: Db,
  openids: Openids,
  action: OperatorAction,
  shopperId: string,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    // Whoever inserts an order, payment or session of theirs waits, or is waited for.
    await sql`select from shoppers where id = ${shopperId} for update`.execute(trx)
    const shopper = await readShopper(trx, shopperId)
    const openid = openids.read(shopper)
    if (openid === undefined) return
    const obstacles = await findObstacles(trx, shopperId)
    if (obstacles.length > 0) throw new HttpProblem('shopper_not_erasable', obstacles.join(' '))
    await trx.deleteFrom('sessions').where('shopper_id', '=', shopperId).execute()
    // Their hashes are of requests, an address included.
    await trx.deleteFrom('idempotency_keys').where('caller_id', '=', shopperId).execute()
    await trimActions(trx, [], [openid, hashOpenid(openid).toString('hex')])
    await trx
      .updateTable('shoppers')
      .set({ openid: `${ERASED}:${shopperId}`, openid_sealed: null, openid_key: ERASED })
      .where('id', '=', shopperId)
      .execute()
    await recordAction(trx, action)
  })
}

async function finishErasure(db: Db, shopperId: string): Promise<ErasedShopper> {
  let orders = 0
  for (let after: string | undefined = ''; after !== undefined;) {
    const cleared = await inTransaction(db, (trx) => clearOrders(trx, shopperId, after ?? ''))
    announceStep('erasure slice')
    orders += cleared.count
    after = cleared.last
  }
  const { erased_at } = await db
    .updateTable('shoppers')
    .set({ erased_at: sql<Date>`coalesce(erased_at, ${currentTime})` })
    .where('id', '=', shopperId)
    .returning('erased_at')
    .$narrowType<{ erased_at: Date }>()
    .executeTakeFirstOrThrow()
  return { shopperId, erasedAt: erased_at.toISOString(), orders }
}

/** Clears the next orders of a shopper after this one, and all that names them. `last`: there may be more after it. */
async function clearOrders(
  trx: Trx,
  shopperId: string,
  after: string,
): Promise<{ readonly count: number; readonly last: string | undefined }> {
  const orders = await trx
    .selectFrom('orders')
    .select(['id', 'deliver_to'])
    .where('shopper_id', '=', shopperId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(SLICE_SIZE)
    .forUpdate()
    .execute()
  const orderIds = orders.map(({ id }) => id)
  if (orderIds.length > 0) {
    const searched = orders.flatMap(({ deliver_to }) => Object.values(deliver_to ?? {}))
    const subjects = await findSubjects(trx, orderIds)
    await forgetInOrders(trx, orderIds)
    await forgetInShipments(trx, orderIds)
    await forgetTexts(trx, subjects)
    await trimWebhooks(trx, orderIds, subjects)
    await trimActions(trx, subjects, searched)
  }
  return { count: orders.length, last: orders.length < SLICE_SIZE ? undefined : orderIds.at(-1) }
}

/** The ids by which notes and the audit name these orders and what belongs to them. */
async function findSubjects(trx: Trx, orderIds: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    with payment as (select id, psp_reference from payments where order_id = any(${orderIds})),
      refund as (
        select id from refunds where payment_id in (select id from payment)
        union select refund_id from refund_proposals where payment_id in (select id from payment)
      )
    select unnest(${orderIds}::text[]) as id
    union select reference from orders where id = any(${orderIds}) and reference is not null
    union select id from payment
    union select id from refund
    union select id from merchant_events where order_id = any(${orderIds})
    union select id::text from webhook_items where merchant_reference = any(array(select id from payment union select id from refund))
    union select id::text from webhook_items
      where original_reference <> '' and original_reference = any(array(select psp_reference from payment))`.execute(
    trx,
  )
  return rows.map(({ id }) => id)
}

/** A shipment keeps that it was made, how and when. */
async function forgetInShipments(trx: Trx, orderIds: readonly string[]): Promise<void> {
  await trx
    .updateTable('shipments')
    .set({
      tracking_no: sql<string>`case when tracking_no is not null then ${ERASED_TEXT}::text end`,
      items: ERASED_TEXT,
      sender_contact: null,
      upload_reason: null,
    })
    .where('order_id', 'in', orderIds)
    .execute()
}

/** What operators wrote about these subjects, which may name the person. */
async function forgetTexts(trx: Trx, subjects: readonly string[]): Promise<void> {
  await trx
    .updateTable('refund_proposals')
    .set({
      note: null,
      rejection: sql<string>`case when rejection is not null then ${ERASED_TEXT}::text end`,
    })
    .where('refund_id', 'in', subjects)
    .execute()
  for (const table of ['attention_notes', 'attention_handled'] as const)
    await trx.updateTable(table).set({ note: ERASED_TEXT }).where('subject', 'in', subjects).execute()
}

/** What Adyen does not sign: the database lets nothing else be changed. */
async function trimWebhooks(
  trx: Trx,
  orderIds: readonly string[],
  subjects: readonly string[],
): Promise<void> {
  await sql`
    update webhook_items set item = trim_webhook_item(item), trimmed_at = coalesce(trimmed_at, ${currentTime})
    where id::text = any(${subjects}) and id = any(array(
      select id from webhook_items where merchant_reference = any(${subjects})
      union select id from webhook_items where original_reference <> '' and original_reference = any(array(
        select psp_reference from payments where order_id = any(${orderIds}) and psp_reference is not null
      ))
    ))`.execute(trx)
}

/** Removes from the audit the texts of operators about these subjects, and their searches for these words. */
async function trimActions(
  trx: Trx,
  subjects: readonly string[],
  searched: readonly string[],
): Promise<void> {
  await sql`select trim_actions(${subjects}, ${searched})`.execute(trx)
}
