import { type Bout, measureInTurn, rateRatio, tableOf } from '../load/measure.ts'
import { orderOf } from '../load/requests.ts'
import type { Laboratory, Subject } from '../machine/laboratory.ts'
import { atLeast, times } from '../results/goals.ts'
import type { Figures } from '../results/report.ts'
import { products } from '../shop/shop.ts'

function orderingAt(subject: Subject, of: readonly string[], name = subject.name): Bout {
  return {
    name,
    subject,
    status: 201,
    prepare: async (count) =>
      Array.from({ length: count }, (_, index) =>
        orderOf(subject.shop.nextShopper(), of[index % of.length] ?? ''),
      ),
  }
}

/** `POST /orders`, over ten products and where all want the same one. */
export async function measureOrders(laboratory: Laboratory): Promise<Figures> {
  const { connections, seconds } = laboratory.options
  const tael = await laboratory.startTael()
  const baseline = await laboratory.startBaseline()
  const subjects = [tael, ...baseline]
  const one = products.slice(0, 1)
  const rounds = await measureInTurn(
    laboratory,
    { connections, seconds },
    subjects.flatMap((subject) => [
      orderingAt(subject, products),
      orderingAt(subject, one, `${subject.name}, one product`),
    ]),
  )
  await laboratory.stopReconciled(tael)
  for (const subject of baseline) await subject.stop()
  return {
    how: 'POST /orders of one piece, over ten products unless named; each shopper orders rarely.',
    tables: [tableOf(rounds, `${connections} connections`)],
    goals: baseline.map(({ name }) =>
      atLeast(`at least 2.5 × ${name}`, 2.5, rateRatio(rounds, 'Tael', name), times),
    ),
  }
}
