import { insertPastPayments } from '@tael/server/past-payments'
import { credentials } from '@tael/stack'
import { Client } from 'pg'
import { type Bout, measureInTurn, rateRatio, type Rounds, tableOf } from '../load/measure.ts'
import { readOf } from '../load/requests.ts'
import type { Laboratory, Subject } from '../machine/laboratory.ts'
import { atLeast, type Goal, times } from '../results/goals.ts'
import type { Figures } from '../results/report.ts'
import { amount, products } from '../shop/shop.ts'
import { startingAt } from './payments.ts'
import { repeat } from './reads.ts'
import { payingBy } from './webhooks.ts'

const FEW = 10_000
/** How many of the past payments are read. */
const READ = 20_000
/** A large shop may take so much longer than a small one. */
const SLOWER_MAX = 1.15

/** Payments, webhooks and reads in a small shop and in a large one. */
export async function measureGrowth(laboratory: Laboratory): Promise<Figures> {
  const { connections, seconds, payments } = laboratory.options
  const [small, large] = [`${FEW} payments`, `${payments} payments`]
  const few = await startFilled(laboratory, small, FEW)
  const many = await startFilled(laboratory, large, payments)
  const subjects = [few, many]
  const measure = (bouts: readonly Bout[]): Promise<Rounds> =>
    measureInTurn(laboratory, { connections, seconds }, bouts)
  const measured = {
    'POST /payments': await measure(subjects.map((subject) => startingAt(subject))),
    'POST /webhooks/adyen': await measure(subjects.map((subject) => payingBy(subject))),
    'GET /payments/:id': await measure(await Promise.all(subjects.map(readingPast))),
  }
  // It reads every payment with its events: of a million, for longer than the rest takes.
  await laboratory.stopReconciled(few)
  await many.stop()
  const goals = Object.entries(measured).map(([route, rounds]): Goal =>
    atLeast(
      `${route}: at least 1 / ${SLOWER_MAX} of the requests/s`,
      1 / SLOWER_MAX,
      rateRatio(rounds, large, small),
      times,
    ),
  )
  return {
    how: 'Tael with this many payments of the last ten months, each with its order, events, call and webhook.',
    tables: Object.entries(measured).map(([route, rounds]) => tableOf(rounds, route)),
    goals,
  }
}

/** Starts Tael with so many past payments. */
export async function startFilled(
  laboratory: Laboratory,
  name: string,
  count: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Subject> {
  const subject = await laboratory.startTael(name, 1, env)
  const client = new Client({ connectionString: subject.shop.databaseUrl })
  await client.connect()
  try {
    await insertPastPayments(client, {
      count,
      productId: products[0] ?? '',
      currency: amount.currency,
      price: amount.value,
      merchantAccount: credentials.ADYEN_MERCHANT_ACCOUNT,
    })
  } finally {
    await client.end()
  }
  return subject
}

/** Reads past payments from anywhere in the shop's history. */
async function readingPast(subject: Subject): Promise<Bout> {
  const past = await subject.shop.somePayments(READ)
  return {
    name: subject.name,
    subject,
    status: 200,
    prepare: async (count) => repeat(past, count).map((attempt) => readOf(attempt)),
  }
}
