import { type Bout, measureInTurn, rateRatio, tableOf } from '../load/measure.ts'
import { readOf } from '../load/requests.ts'
import type { Laboratory, Subject } from '../machine/laboratory.ts'
import { atLeast, times } from '../results/goals.ts'
import type { Figures } from '../results/report.ts'
import type { Attempt } from '../shop/shop.ts'

/** How many payments are read, again and again. */
const PAYMENTS = 5_000

interface Variety {
  readonly name: string
  readonly path: string
}

async function readingAt(subject: Subject, ...varieties: readonly Variety[]): Promise<readonly Bout[]> {
  const attempts = await subject.shop.startAttempts(PAYMENTS)
  return varieties.map(({ name, path }) => ({
    name,
    subject,
    status: 200,
    prepare: async (count) => repeat(attempts, count).map((attempt) => readOf(attempt, path)),
  }))
}

/** So many attempts, each as often as it takes. */
export function repeat(attempts: readonly Attempt[], count: number): readonly Attempt[] {
  return Array.from({ length: Math.ceil(count / attempts.length) }, () => attempts)
    .flat()
    .slice(0, count)
}

/** `GET /payments/:id`, beside reads of the same rows with node:http and pg. */
export async function measureReads(laboratory: Laboratory): Promise<Figures> {
  const { connections, seconds } = laboratory.options
  const [tael, bare] = [await laboratory.startTael(), await laboratory.startBare()]
  const baseline = await laboratory.startBaseline()
  const path = '/payments'
  const rounds = await measureInTurn(laboratory, { connections, seconds }, [
    ...(await readingAt(tael, { name: 'Tael', path })),
    ...(await readingAt(
      bare,
      { name: 'bare, session and payment', path },
      { name: 'bare, both in one statement', path: '/payments-in-one' },
    )),
    ...(await Promise.all(baseline.map((one) => readingAt(one, { name: one.name, path })))).flat(),
  ])
  for (const subject of [tael, bare, ...baseline]) await subject.stop()
  const bareInTwo = 'bare, session and payment'
  return {
    how: 'GET /payments/:id of 5,000 payments, each by its shopper.',
    tables: [tableOf(rounds, `${connections} connections`)],
    goals: [atLeast('at least 0.6 × bare', 0.6, rateRatio(rounds, 'Tael', bareInTwo), times)],
  }
}
