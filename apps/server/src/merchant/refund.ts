import { type Actor, type CreateMerchantRefund, merchantRoutes } from '@tael/contracts'
import type { OperatorAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { RefundRow } from '../db/rows.ts'
import { HttpProblem } from '../http/problem.ts'
import { createRefund } from '../refunds/create.ts'
import { noSuchOrder } from './read.ts'

/**
 * Requests a refund of the payment that paid an order. Adyen's webhook reports the outcome. The same
 * Idempotency-Key returns the same refund as it is now.
 */
export async function refundMerchantOrder(
  context: Pick<Context, 'db' | 'jobs'>,
  action: OperatorAction,
  by: Actor,
  key: string,
  body: CreateMerchantRefund & { readonly reference: string },
): Promise<RefundRow> {
  const { reference, amount } = body
  const found = await context.db
    .selectFrom('orders')
    .leftJoin('payments', (join) =>
      join.onRef('payments.order_id', '=', 'orders.id').on('payments.pays_order', '=', true),
    )
    .select(['orders.status', 'payments.id as payment_id'])
    .where('reference', '=', reference)
    .executeTakeFirst()
  if (found === undefined) throw noSuchOrder()
  if (found.payment_id === null)
    throw new HttpProblem('order_not_refundable', `Refund only paid orders: this one is ${found.status}.`)
  const request = { route: merchantRoutes.refundMerchantOrder, key }
  const refunder = { ...by, refundLimit: null }
  const created = await createRefund(context, action, refunder, request, found.payment_id, {
    amount,
    reason: 'merchant',
  })
  if (created.state !== 'requested') throw new Error('A merchant is refused no refund by a limit.')
  return created.refund
}
