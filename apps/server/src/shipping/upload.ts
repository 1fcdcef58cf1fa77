import type { LogisticsType } from '@tael/contracts'
import type { ShippingUploadConfig } from '../config.ts'
import type { Context } from '../context.ts'
import { inTransaction } from '../db/transaction.ts'
import { describeFailure, isTransient, type WeChatApi } from '../wechat/access-token.ts'
import type { WeChatResult } from '../wechat/client.ts'
import { findShipmentToUpload, recordUpload } from './store.ts'

const RETRY_MS = 3_000
const RETRY_MS_MAX = 300_000
/** How long WeChat may not know a payment yet, or we not its transaction id. */
const UNKNOWN_MS_MAX = 60 * 60_000

/** WeChat's codes (developers.weixin.qq.com, uploadShippingInfo). */
const logisticsTypes: Readonly<Record<LogisticsType, number>> = {
  express: 1,
  same_city: 2,
  virtual: 3,
  self_pickup: 4,
}
/** WeChat's code for one delivery of the whole order. */
const UNIFIED_DELIVERY = 1

/** Errcodes of a shipment that WeChat has already, the same or another, which it keeps. */
const knownErrcodes: ReadonlySet<number> = new Set([10060002, 10060003, 10060023])
/** Errcodes of this call for busy. */
const busyErrcodes: ReadonlySet<number> = new Set([10060012, 10060019])
/** WeChat does not know the payment: for about a minute after it or, for some payments, ever. */
const PAYMENT_UNKNOWN = 10060001

type ShipmentToUpload = NonNullable<Awaited<ReturnType<typeof findShipmentToUpload>>>

/**
 * The outcome of an upload. `retry`: WeChat may accept it later. `failed`: an operator must look at
 * it.
 */
type Outcome = { readonly kind: 'uploaded' | 'retry' | 'failed'; readonly reason: string | null }

const ofErased: Outcome = {
  kind: 'failed',
  reason: 'the personal data of the shopper is erased: enter it by hand at mp.weixin.qq.com',
}

/**
 * Uploads the shipping information of an order to WeChat and records the outcome. A job retries it
 * after a pause that grows. Retries have the same content and upload time: WeChat accepts one
 * change of a shipment, and a retry must not count as one.
 */
export async function uploadShipping(
  {
    db,
    jobs,
    openids,
    weChat,
    config: { shippingUpload },
    log,
  }: Pick<Context, 'db' | 'jobs' | 'openids' | 'weChat' | 'config' | 'log'>,
  shipmentId: string,
): Promise<void> {
  // The upload was disabled since the shipment was recorded.
  if (shippingUpload === undefined) return
  const shipment = await findShipmentToUpload(db, shipmentId)
  if (shipment?.upload !== 'requested') return
  const { shopper_id: id, openid, openid_sealed, openid_key } = shipment
  const payer = openids.read({ id, openid, openid_sealed, openid_key })
  const { kind, reason } =
    payer === undefined ? ofErased : await sendToWeChat(weChat, shippingUpload, shipment, payer)
  await inTransaction(db, async (trx) => {
    const recorded = await recordUpload(trx, shipmentId, kind === 'retry' ? 'requested' : kind, reason)
    if (!recorded || kind !== 'retry') return
    const pauseMs = Math.min(RETRY_MS * 2 ** shipment.upload_tries, RETRY_MS_MAX)
    await jobs.send(trx, 'upload-shipping', { shipmentId }, pauseMs)
  })
  const entry = { orderId: shipment.order_id, reason }
  if (kind === 'uploaded') log.info(entry, 'WeChat accepted the shipping information')
  else if (kind === 'retry') log.warn(entry, 'WeChat has not accepted the shipping information yet')
  else log.error(entry, 'WeChat refused the shipping information')
}

async function sendToWeChat(
  weChat: WeChatApi,
  config: ShippingUploadConfig,
  shipment: ShipmentToUpload,
  openid: string,
): Promise<Outcome> {
  const isRecent = shipment.ageMs < UNKNOWN_MS_MAX
  const orderKey = orderKeyOf(config, shipment)
  if (orderKey === undefined) {
    return { kind: isRecent ? 'retry' : 'failed', reason: `Adyen has not reported the ${config.by}` }
  }
  const { tracking_no, carrier, sender_contact, items } = shipment
  const result = await weChat.post('/wxa/sec/order/upload_shipping_info', {
    order_key: orderKey,
    logistics_type: logisticsTypes[shipment.logistics_type],
    delivery_mode: UNIFIED_DELIVERY,
    shipping_list: [
      {
        item_desc: items,
        ...(tracking_no === null ? {} : { tracking_no }),
        ...(carrier === null ? {} : { express_company: carrier }),
        ...(sender_contact === null ? {} : { contact: { consignor_contact: sender_contact } }),
      },
    ],
    upload_time: shipment.recorded_at.toISOString(),
    payer: { openid },
  })
  return outcomeOf(result, isRecent)
}

/** The key by which WeChat identifies the payment. Undefined: it is not known. */
function orderKeyOf(config: ShippingUploadConfig, shipment: ShipmentToUpload): object | undefined {
  if (config.by === 'transaction_id') {
    const { wechat_transaction_id: transactionId } = shipment
    return transactionId === null ? undefined : { order_number_type: 2, transaction_id: transactionId }
  }
  const outTradeNo = config.by === 'psp_reference' ? shipment.psp_reference : shipment.payment_id
  return outTradeNo === null
    ? undefined
    : { order_number_type: 1, mchid: config.merchantId, out_trade_no: outTradeNo }
}

function outcomeOf(result: WeChatResult<object>, isRecent: boolean): Outcome {
  if (result.kind === 'answered') return { kind: 'uploaded', reason: null }
  const reason = describeFailure(result)
  if (result.kind === 'refused') {
    const { errcode } = result
    if (knownErrcodes.has(errcode)) {
      return { kind: 'uploaded', reason: `WeChat kept its earlier shipping information: ${reason}` }
    }
    if (busyErrcodes.has(errcode) || (errcode === PAYMENT_UNKNOWN && isRecent))
      return { kind: 'retry', reason }
  }
  return { kind: isTransient(result) ? 'retry' : 'failed', reason }
}
