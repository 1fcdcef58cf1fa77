import type { EnvironmentReader } from '@tael/config'

/**
 * For how many days each kind of personal data is kept: by default, and at least. docs/privacy.md says why.
 * Whatever money depends on is kept for ever.
 */
const periods = {
  /** Of an order that was closed unpaid, shipped, or refunded: until when an address may be asked for. */
  addresses: { days: 180, atLeast: 30 },
  /** Of shoppers who never ordered anything and have no session. A session lasts 30 days at most. */
  visitors: { days: 365, atLeast: 31 },
  /** Of a webhook item: what Adyen does not sign. Items that wait for something are retried for a month. */
  webhook_details: { days: 400, atLeast: 31 },
  /** Of shoppers: no phone retries a request after a week. */
  idempotency_keys: { days: 30, atLeast: 7 },
  /** Longer than the longest quiet time of config/notifications.ts. */
  notifications: { days: 90, atLeast: 31 },
  /** What operators noted about items that need attention. */
  notes: { days: 1095, atLeast: 183 },
  /** Refunds that were proposed and have been decided, or have expired. */
  proposals: { days: 1095, atLeast: 183 },
  /** What operators did: the database itself refuses to delete what is younger than the minimum. */
  audit: { days: 1095, atLeast: 183 },
} as const

type RetainedData = keyof typeof periods
const retainedData = Object.keys(periods).filter((name): name is RetainedData => name in periods)

/** How many days each is kept. */
export type Retention = Readonly<Record<RetainedData, number>>

const DAYS_MAX = 36_500

/** The pairs of RETENTION_DAYS, such as `addresses=90,audit=1825`. What is not named keeps its default. */
export function readRetention(read: EnvironmentReader): Retention {
  const rule = `pairs of a name (${retainedData.join(', ')}) and days, such as addresses=90,audit=1825`
  const text = read.optionalText('RETENTION_DAYS', /^[a-z_]+=\d{1,6}(,[a-z_]+=\d{1,6})*$/, rule)
  const chosen = new Map<string, number>()
  for (const pair of text === undefined || text === '' ? [] : text.split(',')) {
    const [name = '', days] = pair.split('=')
    const known = retainedData.find((one) => one === name)
    if (known === undefined || chosen.has(name)) read.problems.push(`RETENTION_DAYS is invalid: ${rule}`)
    else if (Number(days) < periods[known].atLeast || Number(days) > DAYS_MAX)
      read.problems.push(
        `RETENTION_DAYS is invalid: ${name} must be from ${periods[known].atLeast} to ${DAYS_MAX} days`,
      )
    else chosen.set(name, Number(days))
  }
  const daysOf = (name: RetainedData): number => chosen.get(name) ?? periods[name].days
  return {
    addresses: daysOf('addresses'),
    visitors: daysOf('visitors'),
    webhook_details: daysOf('webhook_details'),
    idempotency_keys: daysOf('idempotency_keys'),
    notifications: daysOf('notifications'),
    notes: daysOf('notes'),
    proposals: daysOf('proposals'),
    audit: daysOf('audit'),
  }
}
