import { paymentOf } from '../load/requests.ts'
import { type Bout, checkPayments, measureInTurn, medianOf, rateRatio, tableOf } from '../load/measure.ts'
import type { Laboratory, Subject } from '../machine/laboratory.ts'
import { atLeast, atMost, times } from '../results/goals.ts'
import type { Figures } from '../results/report.ts'

/** Payments that are started, each for an open order of its own. */
export function startingAt(subject: Subject, name = subject.name, prefix = ''): Bout {
  return {
    name,
    subject,
    status: 201,
    prepare: async (count) => (await subject.shop.openOrders(count)).map((order) => paymentOf(order, prefix)),
  }
}

const STARTED = `status = 'awaiting_shopper'`

/** `POST /payments`, beside programs that keep as much, and almost nothing. */
export async function measurePayments(laboratory: Laboratory): Promise<Figures> {
  const { connections, seconds } = laboratory.options
  const [tael, kept, bare] = [
    await laboratory.startTael(),
    await laboratory.startKept(),
    await laboratory.startBare(),
  ]
  const baseline = await laboratory.startBaseline()
  const compared = [...checkPayments([startingAt(tael)], STARTED), startingAt(kept), startingAt(bare)]
  const crowd = await measureInTurn(laboratory, { connections, seconds }, [
    ...compared,
    startingAt(kept, 'kept, without NOTIFY', '/without-notify'),
    ...baseline.flatMap((one) => checkPayments([startingAt(one)], STARTED)),
  ])
  const alone = await measureInTurn(laboratory, { connections: 1, seconds: Math.ceil(seconds / 2) }, compared)
  await laboratory.stopReconciled(tael)
  for (const subject of [kept, bare, ...baseline]) await subject.stop()
  const p50 = (name: string): number => medianOf(alone, name, (round) => round.p50)
  return {
    how: `POST /payments for open orders, each once.`,
    tables: [tableOf(crowd, `${connections} connections`), tableOf(alone, 'one connection')],
    goals: [
      atLeast('at least 0.7 × kept', 0.7, rateRatio(crowd, 'Tael', 'kept'), times),
      atLeast('aim: 0.9 × kept', 0.9, rateRatio(crowd, 'Tael', 'kept'), times),
      // Tael itself notifies no more: this is the harder goal.
      atLeast('aim: 0.7 × kept without NOTIFY', 0.7, rateRatio(crowd, 'Tael', 'kept, without NOTIFY'), times),
      atMost(
        'at one connection, p50 at most 2.5 ms over bare',
        2.5,
        p50('Tael') - p50('bare'),
        (ms) => `${ms.toFixed(1)} ms`,
      ),
    ],
  }
}
