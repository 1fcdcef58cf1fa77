import type { Language } from '@tael/miniprogram-host/embedder'
import type { OpenCashier } from '../simulator.ts'

/** An amount in minor units as the cashier shows it. Whole and minor part are put together as text, never divided. */
export function formatMoney({ currency, value }: OpenCashier['amount'], language: Language): string {
  const locale = language === 'zh_CN' ? 'zh-CN' : 'en'
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  })
  const exponent = format.resolvedOptions().maximumFractionDigits ?? 2
  const digits = String(value).padStart(exponent + 1, '0')
  const whole = new Intl.NumberFormat(locale).format(BigInt(digits.slice(0, digits.length - exponent)))
  const symbol = format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? currency
  return exponent === 0 ? symbol + whole : `${symbol}${whole}.${digits.slice(-exponent)}`
}
