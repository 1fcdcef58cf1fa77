import { type CallResult, createCheckoutClient, type PaymentMethodsResponse } from '@tael/adyen'
import type { Config } from '../config.ts'
import { plainText } from '../external-text.ts'
import { allUnknown, fail, type Finding, pass, passIf, unknown } from './finding.ts'

const WAIT_MS_MAX = 9_000
const TRY_MS_MAX = 4_000
const METHOD = 'wechatpayMiniProgram'

/** What any amount is listed for. */
const VALUE = 100

/** Asks Adyen which payment methods it offers, which changes nothing. */
export async function examineAdyen({ adyen, shop }: Pick<Config, 'adyen' | 'shop'>): Promise<Finding[]> {
  const { apiKey, merchantAccount, checkoutUrl, reports } = adyen
  const reportKey = reports
    ? unknown('adyen.report_key', 'Adyen has no call that would only try it')
    : pass('adyen.report_key', 'not set: an operator downloads the reports')
  if ([apiKey, merchantAccount, checkoutUrl].includes(''))
    return [...allUnknown('adyen', 'its variables are not valid', [reportKey]), reportKey]
  const client = createCheckoutClient({
    baseUrl: checkoutUrl,
    apiKey,
    deadlineMs: WAIT_MS_MAX,
    tryTimeoutMs: TRY_MS_MAX,
  })
  try {
    const { currency, countryCode } = shop
    const amount = { currency, value: VALUE }
    const result = await client.paymentMethods({ merchantAccount, countryCode, amount })
    return [...readResult(result, { adyen, shop }), reportKey]
  } finally {
    await client.close()
  }
}

function readResult(
  result: CallResult<PaymentMethodsResponse>,
  { adyen, shop }: Pick<Config, 'adyen' | 'shop'>,
): Finding[] {
  const { host } = new URL(adyen.checkoutUrl)
  const version = adyen.checkoutUrl.split('/').at(-1) ?? ''
  const reached = pass('adyen.reached', host)
  const hasVersion = pass('adyen.api_version', version)
  const hasKey = pass('adyen.key', 'accepted')
  if (result.kind === 'unknown' && !result.reason.startsWith('HTTP 404'))
    return rest('Adyen does not answer', fail('adyen.reached', `${host}: ${result.reason}`))
  if (result.kind === 'answered') {
    const types = (result.body.paymentMethods ?? []).map(({ type }) => type)
    return [
      reached,
      hasVersion,
      hasKey,
      pass('adyen.merchant_account', adyen.merchantAccount),
      passIf(
        types.includes(METHOD),
        'adyen.wechat_pay',
        `for ${shop.countryCode} and ${shop.currency} Adyen lists ${types.includes(METHOD) ? METHOD : `${types.length} payment methods, without it`}`,
      ),
    ]
  }
  if (result.kind === 'unknown' || result.status === 404)
    return rest('the API version is unknown', reached, fail('adyen.api_version', `Adyen has no ${version}`))
  const refused = `HTTP ${result.status} ${result.errorCode} ${plainText(result.message, [adyen.apiKey])}`
  if (result.status === 401)
    return rest('the key is refused', reached, hasVersion, fail('adyen.key', refused))
  if (result.status === 403)
    return rest(
      'the account is refused',
      reached,
      hasVersion,
      hasKey,
      fail('adyen.merchant_account', refused),
    )
  return rest(refused, reached, hasVersion, hasKey, fail('adyen.wechat_pay', refused))
}

/** What is known, and that the rest is not, but for the key of reports. */
function rest(why: string, ...known: readonly Finding[]): Finding[] {
  const others = allUnknown('adyen', why, known).filter(({ check }) => check !== 'adyen.report_key')
  return [...known, ...others]
}
