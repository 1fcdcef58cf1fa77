import type { PaymentResponse } from './wire.ts'

/**
 * How long WeChat keeps a prepay_id, after which nobody can pay with it (pay.weixin.qq.com, JSAPI
 * order): 2 hours.
 */
export const PREPAY_LIFETIME_MS = 7_200_000

/** The five parameters of `wx.requestPayment`, as WeChat signed them. */
export interface WxParameters {
  readonly timeStamp: string
  readonly nonceStr: string
  readonly package: string
  readonly signType: 'MD5' | 'HMAC-SHA256' | 'RSA'
  readonly paySign: string
}

/**
 * What `/payments` gave for the cashier. `unusable` names what is wrong with it, by key names only.
 */
export type CashierData =
  | { readonly kind: 'ready'; readonly parameters: WxParameters }
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly problems: readonly string[] }

/**
 * The names under which each parameter was seen, in lower case. The first alias is the one of
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
 * Finds the five parameters in any of the three answer shapes: `action.sdkData`, `action.data` (v67
 * and later) and `redirect.data` (classic, v40 to v66). Adyen's page of the Mini Program documents
 * only `redirect.data.package`, so key names are matched without regard to case, and anything
 * missing or odd makes the whole unusable (fail closed). `signType` passes untouched: another one
 * than WeChat signed with fails at the cashier.
 */
export function readCashierData(answer: PaymentResponse, appId: string): CashierData {
  const bag = answer.action?.sdkData ?? answer.action?.data ?? answer.redirect?.data
  if (bag === undefined) return { kind: 'none' }

  const values = new Map(Object.entries(bag).map(([key, value]) => [key.toLowerCase(), textOf(value)]))
  const read = (name: keyof WxParameters): string => {
    const found = aliases[name]
      .map((alias) => values.get(alias))
      .find((value) => value !== undefined && value !== '')
    return found ?? ''
  }
  const signType = read('signType')
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
    problems.push('package is no prepay_id')
  const bagAppId = values.get('appid')
  if (bagAppId !== undefined && bagAppId !== appId) problems.push('appId is another one than ours')
  if (!isSignType(signType))
    return { kind: 'unusable', problems: [...problems, 'signType is missing or unknown'] }
  return problems.length > 0
    ? { kind: 'unusable', problems }
    : { kind: 'ready', parameters: { ...parameters, signType } }
}

/**
 * The opaque state Adyen wants back with `/payments/details`: in the action, or at the top in the
 * classic shape.
 */
export function readPaymentData(answer: PaymentResponse): string | undefined {
  return answer.action?.paymentData ?? answer.paymentData
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  // WeChat wants `timeStamp` as a string; a number in JSON is the known slip.
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
}

function isSignType(value: string): value is WxParameters['signType'] {
  return value === 'MD5' || value === 'HMAC-SHA256' || value === 'RSA'
}
