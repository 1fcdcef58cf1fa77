import type { TLiteral } from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { PREPAY_LIFETIME_MS } from '@tael/adyen'
import type { EnvironmentReader } from '@tael/config'
import { Currency } from '@tael/contracts'
import { currency as merchantCurrency } from '@tael/miniprogram/goods'

const HOUR_MS = 3_600_000

export function readShop(read: EnvironmentReader) {
  return {
    /** Whether it sells the goods of the Mini Program; otherwise only orders of a merchant's own shop are paid. */
    sells: read.oneOf('SHOP', ['goods', 'none'], 'goods') === 'goods',
    currency: readCurrency(read),
    countryCode: read.text('SHOP_COUNTRY', /^[A-Z]{2}$/, 'a country code like CN', 'CN'),
    /** Whether an order needs an address to deliver it to. */
    delivers: read.oneOf('SHOP_DELIVERS', ['true', 'false'], 'false') === 'true',
    /** At most a prepay_id's lifetime, after which an order cannot be paid. */
    orderLifetimeMs: read.integer('ORDER_LIFETIME_SECONDS', 1, PREPAY_LIFETIME_MS / 1000, 1800) * 1000,
    /**
     * How much longer an order may keep its stock where the phone reports a payment that Adyen has
     * not decided.
     */
    holdGraceMs: read.integer('HOLD_GRACE_SECONDS', 0, PREPAY_LIFETIME_MS / 1000, 900) * 1000,
    /** What one shopper may hold unpaid: open orders, pieces, and of a product's unsold stock. */
    holdings: {
      ordersMax: read.integer('SHOPPER_ORDERS_MAX', 1, 1_000_000, 10),
      piecesMax: read.integer('SHOPPER_PIECES_MAX', 1, 1_000_000_000, 200),
      stockPercent: read.integer('SHOPPER_STOCK_PERCENT', 1, 100, 50),
    },
    sessionLifetimeMs: read.integer('SESSION_LIFETIME_HOURS', 1, 720, 72) * HOUR_MS,
  } as const
}

export function readCurrency(read: EnvironmentReader): Currency {
  const rule = 'a currency in which Adyen offers WeChat Pay'
  const value = read.text('SHOP_CURRENCY', /^[A-Z]{3}$/, rule, merchantCurrency)
  if (Check(Currency, value)) return value
  if (value !== '') {
    const known = Currency.anyOf.map((literal: TLiteral) => literal.const).join(', ')
    read.problems.push(`SHOP_CURRENCY is invalid: one of ${known}`)
  }
  return merchantCurrency
}
