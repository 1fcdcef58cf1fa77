import * as Type from '@sinclair/typebox'
import { type ActionFields, readActionData } from './action.ts'

/**
 * WeChat keeps a prepay_id for 2 hours; afterwards nobody can pay with it (pay.weixin.qq.com, JSAPI
 * order).
 */
export const PREPAY_LIFETIME_MS = 7_200_000

/** The `paymentMethod` of WeChat Pay in a Mini Program. `openid` must be one of the same appId. */
export const WeChatPayMethod = Type.Object({
  type: Type.Literal('wechatpayMiniProgram'),
  appId: Type.String(),
  openid: Type.String(),
})

/** The `details` of WeChat Pay: the errMsg of `wx.requestPayment`. */
export const WeChatPayDetails = Type.Object({ paymentStatus: Type.String({ pattern: '^requestPayment:' }) })

/**
 * The parameters of `wx.requestPayment`, as WeChat signed them. Without `signType` WeChat assumes
 * MD5 (developers.weixin.qq.com, wx.requestPayment).
 */
export interface WxParameters {
  readonly timeStamp: string
  readonly nonceStr: string
  readonly package: string
  readonly signType?: 'MD5' | 'HMAC-SHA256' | 'RSA'
  readonly paySign: string
}

/**
 * The cashier parameters of an answer to `/payments`. A problem names parameters and never a value.
 */
export type CashierData =
  | { readonly kind: 'ready'; readonly parameters: WxParameters }
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly problems: readonly string[] }

/**
 * The known names of each parameter, in lower case and without separators. The first is the one of
 * `wx.requestPayment`.
 */
const aliases = {
  timeStamp: ['timestamp'],
  nonceStr: ['noncestr'],
  package: ['package', 'packagevalue'],
  signType: ['signtype'],
  paySign: ['paysign', 'sign'],
} as const satisfies Record<keyof WxParameters, readonly string[]>

/**
 * Reads the parameters from the action. Adyen documents only `redirect.data.package` for Mini
 * Programs, so names match in any case and with any separators, and whatever is missing or
 * unexpected makes all of them unusable. `signType` is passed on as it came, absent included: the
 * cashier fails with any other than WeChat signed with.
 */
export function readCashierData(answer: ActionFields, appId: string): CashierData {
  const data = readActionData(answer)
  if (data === undefined) return { kind: 'none' }

  const values = new Map(Object.entries(data).map(([key, value]) => [plainName(key), value]))
  const read = (name: keyof WxParameters): string => {
    const found = aliases[name]
      .map((alias) => textOf(values.get(alias)))
      .find((value) => value !== undefined && value !== '')
    return found ?? ''
  }
  const parameters = {
    timeStamp: read('timeStamp'),
    nonceStr: read('nonceStr'),
    package: read('package'),
    paySign: read('paySign'),
  }

  const problems: string[] = Object.entries(parameters)
    .filter(([, value]) => value === '')
    .map(([name]) => `${name} is missing`)
  if (parameters.package !== '' && !/^prepay_id=.+/.test(parameters.package))
    problems.push('package has no prepay_id')
  const dataAppId = values.get('appid')
  if (dataAppId !== undefined && dataAppId !== appId) problems.push("appId is another app's")
  const signType = values.get('signtype') ?? ''
  if (signType !== '' && !isSignType(signType)) problems.push('signType is unknown')
  if (problems.length > 0) return { kind: 'unusable', problems }
  return { kind: 'ready', parameters: isSignType(signType) ? { ...parameters, signType } : parameters }
}

/** A key without case and separators: `time_stamp`, `Time-Stamp` and `timeStamp` are one name. */
function plainName(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '')
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  // WeChat requires `timeStamp` as a string; some integrations send a JSON number.
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
}

function isSignType(value: unknown): value is NonNullable<WxParameters['signType']> {
  return value === 'MD5' || value === 'HMAC-SHA256' || value === 'RSA'
}
