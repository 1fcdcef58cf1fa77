import type { WireAmount } from '@tael/adyen'
import type { Payment } from './state/ledger.ts'
import type { World } from './state/world.ts'

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

/** Money that moved into the merchant's account, or out of it. */
interface Move {
  readonly at: string
  readonly amount: WireAmount
  readonly direction: 'in' | 'out'
  readonly line: Line
}

/**
 * A Settlement details report (docs.adyen.com) of one batch: the payments and refunds so far, and a
 * payout of the balance of each currency. Nothing has costs.
 */
export function settlementReport({ config, clock, ledger }: World, batch = '1'): string {
  const moves = ledger.payments().flatMap(movesOf)
  const lines = moves.toSorted((one, other) => one.at.localeCompare(other.at)).map(lineOf)
  const payouts = [...balances(moves)].map(([currency, value]) =>
    payout(clock.now(), batch, { currency, value }),
  )
  const account = {
    'Company Account': COMPANY_ACCOUNT,
    'Merchant Account': config.merchantAccount,
    'Batch Number': batch,
  }
  const records = [...lines, ...payouts].map((line) =>
    columns.map((name) => ({ ...line, ...account })[name] ?? ''),
  )
  return [columns, ...records].map((fields) => `${fields.map(quoted).join(',')}\n`).join('')
}

/**
 * A payment is settled once Adyen knows of it: WeChat may not have notified it of the money yet.
 */
function movesOf(payment: Payment): Move[] {
  if (payment.paidAt === undefined || payment.result !== 'authorised') return []
  const identity = {
    'Psp Reference': payment.pspReference,
    'Merchant Reference': payment.merchantReference,
    // Which name Adyen uses here for a Mini Program payment is unverified; nothing should depend on
    // it.
    'Payment Method': 'wechatpay',
  }
  const settled = { ...identity, Type: 'Settled', 'Modification Reference': payment.pspReference }
  const refunds = payment.modifications.filter(({ status, amount }) => status === 'done' && amount.value > 0)
  return [
    { at: payment.paidAt, amount: payment.amount, direction: 'in', line: settled },
    ...refunds.map(({ at, amount, pspReference, reference = '' }): Move => {
      const references = {
        'Modification Reference': pspReference,
        'Modification Merchant Reference': reference,
      }
      return { at, amount, direction: 'out', line: { ...identity, Type: 'Refunded', ...references } }
    }),
  ]
}

function lineOf({ at, amount, direction, line }: Move): Line {
  const side = direction === 'in' ? 'Credit' : 'Debit'
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

/** The balance of each currency, in minor units. */
function balances(moves: readonly Move[]): Map<string, number> {
  const balance = new Map<string, number>()
  for (const { amount, direction } of moves)
    balance.set(
      amount.currency,
      (balance.get(amount.currency) ?? 0) + (direction === 'in' ? amount.value : -amount.value),
    )
  return balance
}

function payout(now: number, batch: string, balance: WireAmount): Line {
  return {
    'Creation Date': timestamp(new Date(now).toISOString()),
    TimeZone: 'UTC',
    Type: 'MerchantPayout',
    // Adyen's own text has a comma too.
    'Modification Reference': `TX0000000001XT batch ${batch}, ${balance.currency}`,
    'Net Currency': balance.currency,
    'Net Debit (NC)': inMajorUnits(balance),
  }
}

/** The form of a report's dates: `YYYY-MM-DD HH:MM:SS`. */
function timestamp(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ')
}

/** An amount as a decimal. For every currency of WeChat Pay, Adyen's decimals are ISO's. */
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
