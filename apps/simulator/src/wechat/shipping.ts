import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import type { Payment } from '../state/ledger.ts'
import type { World } from '../state/world.ts'
import { ok, type WeChatResult } from './result.ts'

const Upload = Type.Object({
  order_key: Type.Object({
    order_number_type: Type.Integer(),
    transaction_id: Type.Optional(Type.String()),
    mchid: Type.Optional(Type.String()),
    out_trade_no: Type.Optional(Type.String()),
  }),
  logistics_type: Type.Integer(),
  delivery_mode: Type.Integer(),
  shipping_list: Type.Array(
    Type.Object({
      item_desc: Type.Optional(Type.String()),
      tracking_no: Type.Optional(Type.String()),
      express_company: Type.Optional(Type.String()),
      contact: Type.Optional(
        Type.Object({
          consignor_contact: Type.Optional(Type.String()),
          receiver_contact: Type.Optional(Type.String()),
        }),
      ),
    }),
  ),
  upload_time: Type.String(),
  payer: Type.Object({ openid: Type.String() }),
})
type Upload = Type.Static<typeof Upload>

const EXPRESS = 1
const UNIFIED = 1
const BY_OUT_TRADE_NO = 1
const BY_TRANSACTION_ID = 2
const ITEMS_LENGTH_MAX = 120

/**
 * `POST /wxa/sec/order/upload_shipping_info`, one parcel for the whole order. The codes are those
 * of WeChat's page.
 */
export function uploadShipping(world: World, body: unknown): WeChatResult {
  if (!Check(Upload, body)) return { errcode: 47001, errmsg: 'data format error' }
  const refusal = findRefusal(body)
  if (refusal !== undefined) return refusal
  const payment = paymentOf(world, body.order_key)
  if (payment?.paidAt === undefined) return { errcode: 10060001, errmsg: '支付单不存在' }
  if (payment.openid !== body.payer.openid)
    return { errcode: 10060031, errmsg: '该笔支付单不属于 openid 所指定的用户' }
  const { logistics_type, delivery_mode, shipping_list } = body
  const shipment = JSON.stringify({ logistics_type, delivery_mode, shipping_list })
  switch (world.shipments.store(payment.pspReference, shipment)) {
    case 'stored':
      return ok
    case 'unchanged':
      return { errcode: 10060023, errmsg: '发货信息未更新' }
    case 'already changed':
      return { errcode: 10060003, errmsg: '支付单已使用重新发货机会' }
  }
}

function findRefusal({
  order_key: key,
  logistics_type: type,
  delivery_mode: mode,
  shipping_list: list,
  upload_time: time,
}: Upload): WeChatResult | undefined {
  const [parcel] = list
  const items = parcel?.item_desc ?? ''
  const isExpress = type === EXPRESS
  const rules: readonly (readonly [boolean, number, string])[] = [
    [![BY_OUT_TRADE_NO, BY_TRANSACTION_ID].includes(key.order_number_type), 268485194, '订单单号类型非法'],
    [
      key.order_number_type === BY_TRANSACTION_ID && (key.transaction_id ?? '') === '',
      268485195,
      'transaction_id 不能为空',
    ],
    [key.order_number_type === BY_OUT_TRADE_NO && (key.mchid ?? '') === '', 268485196, 'mchid 不能为空'],
    [
      key.order_number_type === BY_OUT_TRADE_NO && (key.out_trade_no ?? '') === '',
      268485197,
      'out_trade_no 不能为空',
    ],
    [type < 1 || type > 4, 10060005, '物流类型有误'],
    [mode !== UNIFIED, 268485224, '发货模式非法'],
    [list.length !== 1, 268485228, '统一发货模式下，物流信息列表长度必须为 1'],
    [items === '', 10060008, '商品描述 item_desc 字段不能为空'],
    [items.length > ITEMS_LENGTH_MAX, 10060009, '商品描述 item_desc 字段太长'],
    [isExpress && (parcel?.tracking_no ?? '') === '', 268485226, '物流单号不能为空'],
    [isExpress && (parcel?.express_company ?? '') === '', 268485227, '物流公司编码不能为空'],
    [
      !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(time),
      268485216,
      '上传时间非法，请按照 RFC 3339 格式填写',
    ],
    [
      isExpress && parcel?.express_company === 'SF' && parcel.contact === undefined,
      10060014,
      '参数错误：顺丰需要联系方式',
    ],
  ]
  const broken = rules.find(([isBroken]) => isBroken)
  return broken && { errcode: broken[1], errmsg: broken[2] }
}

/**
 * The payment of a key. That Adyen sends its pspReference to WeChat as out_trade_no is an
 * assumption.
 */
function paymentOf({ ledger }: World, key: Upload['order_key']): Payment | undefined {
  if (key.order_number_type === BY_OUT_TRADE_NO) return ledger.byPsp(key.out_trade_no ?? '')
  return ledger.payments().find(({ transactionId }) => transactionId === key.transaction_id)
}
