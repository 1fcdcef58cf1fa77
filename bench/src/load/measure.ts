import { cpuBetween } from '../machine/postgres.ts'
import type { Laboratory, Subject } from '../machine/laboratory.ts'
import { readResidentBytes, readTimes } from '../machine/processes.ts'
import { interleave, showSpread, spreadOf } from '../results/rounds.ts'
import type { Table } from '../results/report.ts'
import { type Answers, type LoadRequest, send } from './load.ts'

/** A load for one program, and what its answers must have left in the database. */
export interface Bout {
  /** As it is called in the results. */
  readonly name: string
  readonly subject: Subject
  readonly status: number
  /** Makes so many requests, which may be sent once each. */
  readonly prepare: (count: number) => Promise<readonly LoadRequest[]>
  /** Throws where the answered requests did not do what they should have. */
  readonly check?: (answered: number) => Promise<void>
}

/**
 * Fails a measurement after which the database does not hold one more payment of this condition for every request that
 * was answered. The bouts share a database.
 */
export function checkPayments(bouts: readonly Bout[], condition: string): readonly Bout[] {
  let before = 0
  return bouts.map((bout) => ({
    ...bout,
    check: async (answered) => {
      const now = await bout.subject.shop.count('payments', condition)
      if (now - before !== answered)
        throw new Error(
          `${bout.name} answered ${answered} requests; payments with ${condition}: ${now - before}.`,
        )
      before = now
    },
  }))
}

/** What one round of a bout measured. */
export interface Round extends Answers {
  /** How many requests were answered in all, those that do not count included. */
  readonly answered: number
  /** Milliseconds of processor time for each request. */
  readonly nodeMs: number
  readonly postgresMs: number
  readonly residentBytes: number
}

export type Rounds = ReadonlyMap<string, readonly Round[]>

interface Pace {
  readonly connections: number
  readonly seconds: number
}

/** Requests a second that are prepared for a program that was never measured: more than any of them answers. */
const PER_SECOND_MAX = 4_000

/** How long each round lasts before it counts: programs close connections to the database that nobody used for a while. */
const LEAD_SECONDS = 0.5

/** Measures bouts in turn, after a round that is not counted: Node compiles what runs often. */
export async function measureInTurn(
  laboratory: Laboratory,
  pace: Pace,
  bouts: readonly Bout[],
): Promise<Rounds> {
  const rates = new Map<string, number>()
  const runOnce = async (bout: Bout): Promise<Round> => {
    const rate = rates.get(bout.name) ?? PER_SECOND_MAX
    const total = pace.seconds + LEAD_SECONDS
    const requests = await bout.prepare(Math.ceil(rate * total * 1.5) + pace.connections)
    await bout.subject.shop.settle()
    const round = await runBout(laboratory, bout, pace, requests)
    rates.set(bout.name, Math.max(round.perSecond, 50))
    await bout.check?.(round.answered)
    return round
  }
  for (const bout of bouts) await runOnce(bout)
  return interleave(
    laboratory.options.rounds,
    bouts.map((bout) => ({ name: bout.name, measure: () => runOnce(bout) })),
  )
}

async function runBout(
  { postgres }: Laboratory,
  { subject: { programs, database }, status }: Bout,
  pace: Pace,
  requests: readonly LoadRequest[],
): Promise<Round> {
  const readNode = async (): Promise<number> => {
    const times = await Promise.all(programs.map(({ pid }) => readTimes(pid)))
    return times.reduce((sum, one) => sum + (one?.ownMs ?? 0), 0)
  }
  const load = { urls: programs.map(({ url }) => url), ...pace, status }
  const lead = await send({ ...load, requests, seconds: LEAD_SECONDS })
  const [nodeBefore, postgresBefore] = [await readNode(), await postgres.readCpu(database)]
  const answers = await send({ ...load, requests: requests.slice(lead.count) })
  const [nodeAfter, postgresAfter] = [await readNode(), await postgres.readCpu(database)]
  const resident = await Promise.all(programs.map(({ pid }) => readResidentBytes(pid)))
  return {
    ...answers,
    answered: lead.count + answers.count,
    nodeMs: (nodeAfter - nodeBefore) / answers.count,
    postgresMs: cpuBetween(postgresBefore, postgresAfter) / answers.count,
    residentBytes: Math.max(...resident),
  }
}

const MB = 1_000_000

/** The rounds as a table, a row for each bout. */
export function tableOf(rounds: Rounds, what: string): Table {
  return {
    columns: [what, 'requests/s', 'CPU ms each: node', 'PostgreSQL', 'p50 ms', 'p99 ms', 'resident MB'],
    rows: [...rounds].map(([name, measured]) => {
      const show = (value: (round: Round) => number, digits: number): string =>
        showSpread(spreadOf(measured.map(value)), digits)
      return [
        name,
        show(({ perSecond }) => perSecond, 0),
        show(({ nodeMs }) => nodeMs, 2),
        show(({ postgresMs }) => postgresMs, 2),
        show(({ p50 }) => p50, 1),
        show(({ p99 }) => p99, 1),
        spreadOf(measured.map(({ residentBytes }) => residentBytes / MB)).greatest.toFixed(0),
      ]
    }),
  }
}

/** The median of what a bout measured. */
export function medianOf(rounds: Rounds, name: string, value: (round: Round) => number): number {
  return spreadOf((rounds.get(name) ?? []).map(value)).median
}

/** The requests a second of one bout, as a part of another's. */
export function rateRatio(rounds: Rounds, name: string, reference: string): number {
  const rate = (of: string): number => medianOf(rounds, of, ({ perSecond }) => perSecond)
  return rate(name) / rate(reference)
}
