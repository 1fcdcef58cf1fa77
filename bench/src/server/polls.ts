import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'undici'
import { send } from '../load/load.ts'
import { readOf, webhookOf } from '../load/requests.ts'
import { type Laboratory, onlyProgram, type Subject } from '../machine/laboratory.ts'
import { cpuBetween } from '../machine/postgres.ts'
import { readResidentBytes, readTimes } from '../machine/processes.ts'
import { atMost } from '../results/goals.ts'
import type { Figures } from '../results/report.ts'
import { showSpread, spreadOf } from '../results/rounds.ts'
import type { Attempt } from '../shop/shop.ts'

/** As long as a phone waits in one request, and longer than a round takes. */
const WAIT_MS = 25_000
/** How long memory and processor are watched while all polls wait. */
const WATCH_MS = 5_000
/** How many of the waiting payments are paid, to see how soon their polls are answered. */
const PAID = 50

interface PollRound {
  readonly bytesEach: number
  /** Milliseconds of processor time for each second in which all polls wait. */
  readonly nodeMs: number
  readonly postgresMs: number
  /** From the answer to the webhook until the poll was answered. */
  readonly wakeMs: number
}

/** Long polls that wait: their memory, their processor time, and how soon a change is answered. */
export async function measurePolls(laboratory: Laboratory): Promise<Figures> {
  const { polls, rounds: count } = laboratory.options
  const rounds: PollRound[] = []
  // Each in a server that has just started: memory that was used once is kept.
  for (let round = 0; round < count; round += 1) {
    const tael = await laboratory.startTael()
    rounds.push(await measureRound(laboratory, tael, polls))
    await tael.stop()
  }
  const show = (value: (round: PollRound) => number, digits: number): string =>
    showSpread(spreadOf(rounds.map(value)), digits)
  const kilobytes = (round: PollRound): number => round.bytesEach / 1000
  return {
    how: `${polls} long polls at one server, each of another payment, opened at a server that has just started.`,
    tables: [
      {
        columns: [
          'resident kB each',
          'CPU ms a second while they wait: node',
          'PostgreSQL',
          'woken after ms',
        ],
        rows: [
          [
            show(kilobytes, 1),
            show(({ nodeMs }) => nodeMs, 0),
            show(({ postgresMs }) => postgresMs, 0),
            show(({ wakeMs }) => wakeMs, 0),
          ],
        ],
      },
    ],
    goals: [
      atMost('at most 20 kB each', 20, spreadOf(rounds.map(kilobytes)).median, (kB) => `${kB.toFixed(1)} kB`),
    ],
  }
}

async function measureRound({ postgres }: Laboratory, subject: Subject, polls: number): Promise<PollRound> {
  const { database, shop } = subject
  const { url, pid } = onlyProgram(subject)
  const attempts = await shop.startAttempts(polls)
  const reads = attempts.map((attempt) => readOf(attempt))
  // So that what the first requests leave is not counted as the polls'.
  await send({ urls: [url], connections: 32, seconds: 60, requests: [...reads, ...reads], status: 200 })
  await pause(WATCH_MS)
  const before = await readResidentBytes(pid)

  const open = await Promise.all(attempts.map((attempt) => openPoll(url, attempt)))
  await pause(WATCH_MS)
  const times = async () => ({ node: await readTimes(pid), postgres: await postgres.readCpu(database) })
  const early = await times()
  await pause(WATCH_MS)
  const [late, after] = [await times(), await readResidentBytes(pid)]
  const seconds = WATCH_MS / 1_000

  const wakes = await Promise.all(open.slice(0, PAID).map((poll) => timeWake(url, poll)))
  for (const { client } of open) await client.destroy()
  return {
    bytesEach: (after - before) / polls,
    nodeMs: ((late.node?.ownMs ?? 0) - (early.node?.ownMs ?? 0)) / seconds,
    postgresMs: cpuBetween(early.postgres, late.postgres) / seconds,
    wakeMs: spreadOf(wakes).median,
  }
}

interface OpenPoll {
  readonly attempt: Attempt
  readonly client: Client
  /** The version that the answer has, and when it came. Undefined: the poll was cut off. */
  readonly answered: Promise<{ readonly version: unknown; readonly at: number } | undefined>
}

async function openPoll(url: string, attempt: Attempt): Promise<OpenPoll> {
  const client = new Client(url)
  const { method, path, headers } = readOf(attempt, '/payments', `?afterVersion=2&waitMs=${WAIT_MS}`)
  const answered = client.request({ method, path, headers }).then(
    async ({ statusCode, body }) => {
      const answer: { version?: unknown } = JSON.parse(await body.text())
      if (statusCode !== 200) throw new Error(`A poll was answered ${statusCode}.`)
      return { version: answer.version, at: performance.now() }
    },
    () => undefined,
  )
  return { attempt, client, answered }
}

async function timeWake(url: string, { attempt, answered }: OpenPoll): Promise<number> {
  await send({ urls: [url], connections: 1, seconds: 60, requests: [webhookOf(attempt)], status: 202 })
  const paid = performance.now()
  const answer = await answered
  if (answer?.version !== 3) throw new Error('A poll missed its change.')
  return Math.max(0, answer.at - paid)
}
