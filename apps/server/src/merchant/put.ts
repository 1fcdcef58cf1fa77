import type { PlacedMerchantOrder, PutMerchantOrder } from '@tael/contracts'
import { MERCHANT_LIFETIME_SECONDS_MAX } from '@tael/contracts'
import { sql } from 'kysely'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Trx } from '../db/database.ts'
import { hashToken } from '../db/hash-token.ts'
import { newId } from '../db/ids.ts'
import type { OrderRow } from '../db/rows.ts'
import { inTransaction } from '../db/transaction.ts'
import { hashRequest } from '../http/idempotency.ts'
import { HttpProblem } from '../http/problem.ts'
import { lockOpenPayment, type LockedOrder } from '../ledger/lock.ts'
import {
  changeMerchantOrder,
  insertMerchantOrder,
  lockMerchantOrder,
  type MerchantTerms,
  replacePayToken,
} from '../ledger/merchant-orders.ts'
import { findOrCreateShopper } from '../login/store.ts'
import { announceStep } from '../steps.ts'
import { payTokenOf } from './pay-token.ts'
import { readMerchantOrder } from './read.ts'

const LIFETIME_MS_MAX = MERCHANT_LIFETIME_SECONDS_MAX * 1000

/**
 * Creates the order of a merchant's reference, or changes it. The same request again changes nothing,
 * whatever became of the order. Any other is refused once the order is paid or closed, and while an
 * attempt to pay it is open.
 */
export async function putMerchantOrder(
  context: Pick<Context, 'db' | 'jobs' | 'config' | 'openids'>,
  action: OperatorAction,
  reference: string,
  body: PutMerchantOrder,
): Promise<PlacedMerchantOrder> {
  const { db, config } = context
  const order = await inTransaction(db, async (trx) => {
    const placed = await placeOrder(trx, context, reference, body)
    await recordAction(trx, { ...action, detail: { orderId: placed.id, version: placed.version } })
    return placed
  })
  announceStep('merchant order placed')
  return {
    ...(await readMerchantOrder(db, reference)),
    payToken: body.payer === null ? payTokenOf(order.id, config.wechat.appSecret) : null,
  }
}

async function placeOrder(
  trx: Trx,
  context: Pick<Context, 'jobs' | 'config' | 'openids'>,
  reference: string,
  body: PutMerchantOrder,
): Promise<OrderRow> {
  const { jobs, config } = context
  const existing = await lockMerchantOrder(trx, reference)
  if (existing !== undefined) return changeOrder(trx, context, existing, body)
  const id = newId('ord')
  const lifetimeMs = await lifetimeOf(trx, body, config.shop.orderLifetimeMs)
  const terms = await termsOf(trx, id, body, context)
  const order = { id, reference, late_money: config.merchant.lateMoney }
  const inserted = await insertMerchantOrder(trx, order, terms, lifetimeMs)
  // Another request with the reference was faster.
  if (inserted === undefined) return placeOrder(trx, context, reference, body)
  await jobs.send(trx, 'expire-order', { orderId: id }, lifetimeMs)
  return inserted
}

async function changeOrder(
  trx: Trx,
  context: Pick<Context, 'jobs' | 'config' | 'openids'>,
  order: LockedOrder,
  body: PutMerchantOrder,
): Promise<OrderRow> {
  const { jobs, config } = context
  // Of an order whose shopper was erased nobody knows any more what was put.
  const isErased = order.request_hash?.length === 0
  if (isErased || order.request_hash?.equals(hashRequest(body)) === true)
    return keepPayToken(trx, order, config)
  if (order.status !== 'open' || order.leftMs <= 0) {
    const state = order.status === 'open' ? 'over' : order.status
    throw new HttpProblem('order_not_changeable', `Put another order: this one is ${state}.`)
  }
  if ((await lockOpenPayment(trx, order.id)) !== undefined)
    throw new HttpProblem('order_not_changeable', 'Wait: an attempt to pay this order is open.')
  const lifetimeMs = await lifetimeOf(trx, body, config.shop.orderLifetimeMs)
  const terms = await termsOf(trx, order.id, body, context)
  // Whoever presented the pay token stays the payer, until the order names another.
  const keepsPayer = body.payer === null && order.pay_token_hash !== null
  const changed = await changeMerchantOrder(
    trx,
    order,
    keepsPayer ? { ...terms, shopper_id: order.shopper_id } : terms,
    lifetimeMs,
  )
  await jobs.send(trx, 'expire-order', { orderId: order.id }, lifetimeMs)
  return changed
}

/** The order with the hash of today's pay token: the secret behind it may have changed. */
async function keepPayToken(trx: Trx, order: LockedOrder, { wechat }: Context['config']): Promise<OrderRow> {
  const hash = hashToken(payTokenOf(order.id, wechat.appSecret))
  if (order.pay_token_hash !== null && !order.pay_token_hash.equals(hash))
    await replacePayToken(trx, order, hash)
  return order
}

async function termsOf(
  trx: Trx,
  orderId: string,
  body: PutMerchantOrder,
  { openids, config: { wechat } }: Pick<Context, 'config' | 'openids'>,
): Promise<MerchantTerms> {
  const { amount, payer, description, metadata = {} } = body
  return {
    currency: amount.currency,
    value: amount.value,
    shopper_id: payer === null ? null : await findOrCreateShopper(trx, openids, payer.openid),
    pay_token_hash: payer === null ? hashToken(payTokenOf(orderId, wechat.appSecret)) : null,
    description,
    metadata,
    request_hash: hashRequest(body),
  }
}

/**
 * How long the order is open from now, in milliseconds. Throws where that is over, or longer than
 * WeChat's prepay_id lives: a cashier would open that takes no money.
 */
async function lifetimeOf(
  trx: Trx,
  { expiresAt, lifetimeSeconds }: PutMerchantOrder,
  otherwiseMs: number,
): Promise<number> {
  if (expiresAt === undefined) return lifetimeSeconds === undefined ? otherwiseMs : lifetimeSeconds * 1000
  if (lifetimeSeconds !== undefined) refuse('is given beside lifetimeSeconds', 'Send one of them.')
  const time = new Date(expiresAt)
  if (Number.isNaN(time.getTime())) refuse('must be a time that exists', 'Send a time that exists.')
  const left = sql<{ ms: number }>`
    select extract(epoch from ${time}::timestamptz - statement_timestamp())::float8 * 1000 as ms`
  const ms = (await left.execute(trx)).rows[0]?.ms ?? 0
  if (ms <= 0) refuse('has passed', 'Send a time to come.')
  if (ms > LIFETIME_MS_MAX)
    refuse(
      'is too far away',
      'Send a time within two hours, and put the order with a later one before it is over.',
    )
  return ms
}

function refuse(message: string, remedy: string): never {
  throw new HttpProblem('validation_failed', remedy, { errors: [{ path: 'body/expiresAt', message }] })
}
