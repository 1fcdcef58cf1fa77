import type { Context } from '../context.ts'
import { toAmount } from '../db/amount.ts'
import type { Db } from '../db/database.ts'
import { mayPass, reasonOf } from '../wechat/access-token.ts'
import { fillIn } from './fields.ts'

/** The shopper never asked to be told, no longer wants to, or was told as often as they asked for. */
const NOT_ASKED_FOR = 43101

/**
 * Tells a shopper in WeChat that their order is paid, where they asked for it in the Mini Program. Throws where WeChat
 * may take the message later. Should WeChat's answer be lost it is sent once more: WeChat delivers a message as often as
 * the shopper asked for one.
 */
export async function sendPaidMessage(
  { db, weChat, config: { paidMessage }, log }: Pick<Context, 'db' | 'weChat' | 'config' | 'log'>,
  paymentId: string,
): Promise<void> {
  // Switched off since the payment.
  if (paidMessage === undefined) return
  const paid = await findPaid(db, paymentId)
  const result = await weChat.post('/cgi-bin/message/subscribe/send', {
    touser: paid.openid,
    template_id: paidMessage.templateId,
    page: `pages/order/order?id=${paid.id}`,
    miniprogram_state: paidMessage.programState,
    lang: 'zh_CN',
    data: fillIn(paidMessage.fields, { ...paid, amount: toAmount(paid), paidAt: paid.paid_at }),
  })
  if (result.kind === 'answered') log.info({ paymentId }, 'the shopper was told of the payment')
  else if (result.kind === 'refused' && result.errcode === NOT_ASKED_FOR)
    log.info({ paymentId }, 'the shopper did not ask to be told of the payment')
  else if (mayPass(result)) throw new Error(`WeChat has not taken the message: ${reasonOf(result)}`)
  else log.error({ paymentId, reason: reasonOf(result) }, 'WeChat refused the message of a payment')
}

async function findPaid(db: Db, paymentId: string) {
  return db
    .selectFrom('payments')
    .innerJoin('orders', 'orders.id', 'payments.order_id')
    .innerJoin('shoppers', 'shoppers.id', 'orders.shopper_id')
    .select(['orders.id', 'orders.currency', 'orders.value', 'orders.lines', 'orders.paid_at', 'openid'])
    .where('payments.id', '=', paymentId)
    .where('pays_order', '=', true)
    .$narrowType<{ paid_at: Date }>()
    .executeTakeFirstOrThrow()
}
