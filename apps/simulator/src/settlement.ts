import type { WireAmount } from '@tael/adyen'
import type { Payment } from './ledger.ts'
import type { World } from './world.ts'

/** The standard columns of Adyen's Settlement details report, in their standard order. */
const columns = [
  'Company Account',
  'Merchant Account',
  'Psp Reference',
  'Merchant Reference',
  'Payment Method',
  'Creation Date',
  'TimeZone',
  'Type',
  'Modification Reference',
  'Gross Currency',
  'Gross Debit (GC)',
  'Gross Credit (GC)',
  'Exchange Rate',
  'Net Currency',
  'Net Debit (NC)',
  'Net Credit (NC)',
  'Commission (NC)',
  'Markup (NC)',
  'Scheme Fees (NC)',
  'Interchange (NC)',
  'Payment Method Variant',
  'Modification Merchant Reference',
  'Batch Number',
  'Reserved4',
  'Reserved5',
  'Reserved6',
  'Reserved7',
  'Reserved8',
  'Reserved9',
  'Reserved10',
] as const
type Line = Readonly<Partial<Record<(typeof columns)[number], string>>>

const COMPANY_ACCOUNT = 'Simulator'
const BATCH_NUMBER = '1'

/** Money that moved between a shopper and the merchant: into the account, or out of it. */
interface Move {
  readonly at: string
  readonly amount: WireAmount
  readonly way: 'in' | 'out'
  readonly line: Line
}

/**
 * All the money that moved so far, as one batch of a Settlement details report (docs.adyen.com, Settlement details
 * report): what shoppers paid, what went back to them, and the rest of each currency paid out. Nothing costs anything.
 */
export function settlementReport({ config, clock, ledger }: World): string {
  const moves = ledger.payments().flatMap(movesOf)
  const lines = moves.toSorted((one, other) => one.at.localeCompare(other.at)).map(lineOf)
  const payouts = [...balances(moves)].map(([currency, value]) => payout(clock.now(), { currency, value }))
  const account = {
    'Company Account': COMPANY_ACCOUNT,
    'Merchant Account': config.merchantAccount,
    'Batch Number': BATCH_NUMBER,
  }
  const records = [...lines, ...payouts].map((line) =>
    columns.map((name) => ({ ...line, ...account })[name] ?? ''),
  )
  return [columns, ...records].map((fields) => `${fields.map(quoted).join(',')}\n`).join('')
}

/** What is settled is what Adyen knows of: WeChat may have told it nothing yet of money that moved. */
function movesOf(payment: Payment): Move[] {
  if (payment.paidAt === undefined || payment.result !== 'authorised') return []
  const about = {
    'Psp Reference': payment.pspReference,
    'Merchant Reference': payment.merchantReference,
    // Which name Adyen uses here for a Mini Program payment is unverified; nobody should depend on it.
    'Payment Method': 'wechatpay',
  }
  const settled = { ...about, Type: 'Settled', 'Modification Reference': payment.pspReference }
  const refunds = payment.modifications.filter(({ status, amount }) => status === 'done' && amount.value > 0)
  return [
    { at: payment.paidAt, amount: payment.amount, way: 'in', line: settled },
    ...refunds.map(({ at, amount, pspReference, reference = '' }): Move => {
      const references = {
        'Modification Reference': pspReference,
        'Modification Merchant Reference': reference,
      }
      return { at, amount, way: 'out', line: { ...about, Type: 'Refunded', ...references } }
    }),
  ]
}

function lineOf({ at, amount, way, line }: Move): Line {
  const side = way === 'in' ? 'Credit' : 'Debit'
  const decimal = inMajorUnits(amount)
  return {
    ...line,
    'Creation Date': timestamp(at),
    TimeZone: 'UTC',
    'Gross Currency': amount.currency,
    [`Gross ${side} (GC)`]: decimal,
    'Exchange Rate': '1',
    'Net Currency': amount.currency,
    [`Net ${side} (NC)`]: decimal,
  }
}

/** What is left of each currency, in minor units. */
function balances(moves: readonly Move[]): Map<string, number> {
  const left = new Map<string, number>()
  for (const { amount, way } of moves)
    left.set(
      amount.currency,
      (left.get(amount.currency) ?? 0) + (way === 'in' ? amount.value : -amount.value),
    )
  return left
}

function payout(now: number, left: WireAmount): Line {
  return {
    'Creation Date': timestamp(new Date(now).toISOString()),
    TimeZone: 'UTC',
    Type: 'MerchantPayout',
    // What Adyen writes here has a comma in it too.
    'Modification Reference': `TX0000000001XT batch ${BATCH_NUMBER}, ${left.currency}`,
    'Net Currency': left.currency,
    'Net Debit (NC)': inMajorUnits(left),
  }
}

/** `YYYY-MM-DD HH:MM:SS`, as reports have it. */
function timestamp(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ')
}

/** An amount as a decimal. ISO's decimals are Adyen's for every currency of WeChat Pay. */
function inMajorUnits({ currency, value }: WireAmount): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  const { maximumFractionDigits: places = 2 } = format.resolvedOptions()
  const digits = String(Math.abs(value)).padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  return `${value < 0 ? '-' : ''}${whole}${places === 0 ? '' : `.${digits.slice(-places)}`}`
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}
