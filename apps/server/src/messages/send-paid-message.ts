import type { Context } from '../context.ts'
import { toAmount } from '../db/amount.ts'
import type { Db } from '../db/database.ts'
import { describeFailure, isTransient } from '../wechat/access-token.ts'
import { renderFields } from './render.ts'

/** The page of the Mini Program that the message opens. */
export const ORDER_PAGE = 'pages/order/order'

/** The errcode of a shopper who has no subscription left. */
const NOT_SUBSCRIBED = 43101

/**
 * Sends the subscribe message of a paid order, which WeChat delivers only to a shopper who
 * subscribed in the Mini Program. Throws where a retry may succeed. A retry after a lost answer is
 * harmless: WeChat delivers one message for each subscription.
 */
export async function sendPaidMessage(
  {
    db,
    openids,
    weChat,
    config: { paidMessage },
    log,
  }: Pick<Context, 'db' | 'openids' | 'weChat' | 'config' | 'log'>,
  paymentId: string,
): Promise<void> {
  // The message was disabled since the payment.
  if (paidMessage === undefined) return
  const { shopper, ...order } = await findPaidOrder(db, paymentId)
  const openid = openids.read(shopper)
  // The shopper was erased since the payment.
  if (openid === undefined) return
  const result = await weChat.post('/cgi-bin/message/subscribe/send', {
    touser: openid,
    template_id: paidMessage.templateId,
    page: `${ORDER_PAGE}?id=${order.id}`,
    miniprogram_state: paidMessage.programState,
    lang: 'zh_CN',
    data: renderFields(paidMessage.fields, { ...order, amount: toAmount(order), paidAt: order.paid_at }),
  })
  if (result.kind === 'answered') log.info({ paymentId }, 'the shopper was notified of the payment')
  else if (result.kind === 'refused' && result.errcode === NOT_SUBSCRIBED)
    log.info({ paymentId }, 'the shopper has no subscription for the payment message')
  else if (isTransient(result))
    throw new Error(`WeChat did not accept the payment message: ${describeFailure(result)}`)
  else log.error({ paymentId, reason: describeFailure(result) }, 'WeChat refused the payment message')
}

async function findPaidOrder(db: Db, paymentId: string) {
  const {
    shopper_id: id,
    openid,
    openid_sealed,
    openid_key,
    ...order
  } = await db
    .selectFrom('payments')
    .innerJoin('orders', 'orders.id', 'payments.order_id')
    .innerJoin('shoppers', 'shoppers.id', 'orders.shopper_id')
    .select(['orders.id', 'orders.currency', 'orders.value', 'orders.lines', 'orders.paid_at'])
    .select(['orders.shopper_id', 'openid', 'openid_sealed', 'openid_key'])
    .where('payments.id', '=', paymentId)
    .where('pays_order', '=', true)
    .$narrowType<{ paid_at: Date; shopper_id: string }>()
    .executeTakeFirstOrThrow()
  return { ...order, shopper: { id, openid, openid_sealed, openid_key } }
}
