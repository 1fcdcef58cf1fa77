import type { LogisticsType } from '@tael/contracts'
import type { ShippingUploadConfig } from '../config.ts'
import type { Context } from '../context.ts'
import { mayPass, reasonOf, type WeChatApi } from '../wechat/access-token.ts'
import type { WeChatResult } from '../wechat/client.ts'
import { findShipmentToUpload, recordUpload } from './store.ts'

const RETRY_MS = 3_000
const RETRY_MS_MAX = 300_000
/** How long WeChat may not know of a payment that was made, and we not its number. */
const UNKNOWN_MS_MAX = 60 * 60_000

/** WeChat's numbers (developers.weixin.qq.com, uploadShippingInfo). */
const logisticsTypes: Readonly<Record<LogisticsType, number>> = {
  express: 1,
  same_city: 2,
  virtual: 3,
  self_pickup: 4,
}
/** One parcel, or none, for the whole order. */
const UNIFIED_DELIVERY = 1

/** WeChat knows of the shipment: it stood there already, word for word or as another one which it keeps. */
const kept: ReadonlySet<number> = new Set([10060002, 10060003, 10060023])
/** This call's own words for busy. */
const busy: ReadonlySet<number> = new Set([10060012, 10060019])
/** The payment is not there: perhaps not yet. WeChat's support says a minute, and that some payments never are. */
const PAYMENT_UNKNOWN = 10060001

type ShipmentToUpload = NonNullable<Awaited<ReturnType<typeof findShipmentToUpload>>>

/** How an attempt ended. `again`: WeChat may take it later. `failed`: it will not, a person must look. */
type Outcome = { readonly kind: 'uploaded' | 'again' | 'failed'; readonly reason: string | null }

/**
 * Tells WeChat that an order was shipped, and writes down what it said. Where WeChat cannot take it yet a job tells it
 * again after a pause that grows. The same words are told with the same upload time: WeChat lets a shipment be changed
 * once, and a repeat must not look like a change.
 */
export async function uploadShipping(
  {
    db,
    jobs,
    weChat,
    config: { shippingUpload },
    log,
  }: Pick<Context, 'db' | 'jobs' | 'weChat' | 'config' | 'log'>,
  shipmentId: string,
): Promise<void> {
  // Switched off since it was recorded.
  if (shippingUpload === undefined) return
  const shipment = await findShipmentToUpload(db, shipmentId)
  if (shipment?.upload !== 'requested') return
  const { kind, reason } = await sendToWeChat(weChat, shippingUpload, shipment)
  await db.transaction().execute(async (trx) => {
    const recorded = await recordUpload(trx, shipmentId, kind === 'again' ? 'requested' : kind, reason)
    if (!recorded || kind !== 'again') return
    const pauseMs = Math.min(RETRY_MS * 2 ** shipment.upload_tries, RETRY_MS_MAX)
    await jobs.send(trx, 'upload-shipping', { shipmentId }, new Date(Date.now() + pauseMs))
  })
  const entry = { orderId: shipment.order_id, reason }
  if (kind === 'uploaded') log.info(entry, 'WeChat knows of a shipment')
  else if (kind === 'again') log.warn(entry, 'WeChat has not taken the shipping information yet')
  else log.error(entry, 'WeChat does not take the shipping information')
}

async function sendToWeChat(
  weChat: WeChatApi,
  config: ShippingUploadConfig,
  shipment: ShipmentToUpload,
): Promise<Outcome> {
  const isRecent = shipment.recorded_at.getTime() > Date.now() - UNKNOWN_MS_MAX
  const orderKey = orderKeyOf(config, shipment)
  if (orderKey === undefined) {
    return { kind: isRecent ? 'again' : 'failed', reason: `Adyen has not told the ${config.by}` }
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
    payer: { openid: shipment.openid },
  })
  return outcomeOf(result, isRecent)
}

/** How WeChat is told which payment it is. Undefined: what names it is not known. */
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
  const reason = reasonOf(result)
  if (result.kind === 'refused') {
    const { errcode } = result
    if (kept.has(errcode)) return { kind: 'uploaded', reason: `WeChat keeps what it knew: ${reason}` }
    if (busy.has(errcode) || (errcode === PAYMENT_UNKNOWN && isRecent)) return { kind: 'again', reason }
  }
  return { kind: mayPass(result) ? 'again' : 'failed', reason }
}
