import { type Bout, checkPayments, measureInTurn, rateRatio, tableOf } from '../load/measure.ts'
import { webhookOf } from '../load/requests.ts'
import type { Laboratory, Subject } from '../machine/laboratory.ts'
import { atLeast, times } from '../results/goals.ts'
import type { Figures } from '../results/report.ts'
import { products } from '../shop/shop.ts'

/** Webhooks that pay orders of these products, each for a payment of its own. */
export function payingBy(
  subject: Subject,
  { name = subject.name, prefix = '', of = products }: Partial<Variety> = {},
): Bout {
  return {
    name,
    subject,
    status: 202,
    prepare: async (count) =>
      (await subject.shop.startAttempts(count, of)).map((attempt) => webhookOf(attempt, prefix)),
  }
}

interface Variety {
  readonly name: string
  readonly prefix: string
  readonly of: readonly string[]
}

const PAID = `status = 'authorised' and pays_order`

/** `POST /webhooks/adyen`, one signed item each, beside programs that keep as much, and almost nothing. */
export async function measureWebhooks(laboratory: Laboratory): Promise<Figures> {
  const { connections, seconds } = laboratory.options
  const [tael, kept, bare] = [
    await laboratory.startTael(),
    await laboratory.startKept(),
    await laboratory.startBare(),
  ]
  const baseline = await laboratory.startBaseline()
  const one = products.slice(0, 1)
  const rounds = await measureInTurn(laboratory, { connections, seconds }, [
    ...checkPayments([payingBy(tael), payingBy(tael, { name: 'Tael, one product', of: one })], PAID),
    ...checkPayments(
      [
        payingBy(kept),
        payingBy(kept, { name: 'kept, one product', of: one }),
        payingBy(kept, { name: 'kept, without the stock row', prefix: '/without-stock' }),
        payingBy(kept, { name: 'kept, without NOTIFY too', prefix: '/without-notify' }),
      ],
      PAID,
    ),
    payingBy(bare),
    ...baseline.flatMap((before) => checkPayments([payingBy(before)], PAID)),
  ])
  await laboratory.stopReconciled(tael)
  for (const subject of [kept, bare, ...baseline]) await subject.stop()
  const ratio = rateRatio(rounds, 'Tael', 'kept, without the stock row')
  return {
    how: 'POST /webhooks/adyen: the AUTHORISATION of a payment that waits for it, over ten products unless named, one item each, signed.',
    tables: [tableOf(rounds, `${connections} connections`)],
    goals: [
      atLeast('at least 0.7 × kept without the stock row', 0.7, ratio, times),
      atLeast('aim: 1 × kept without the stock row', 1, ratio, times),
      atLeast(
        'aim: 0.7 × kept without NOTIFY too',
        0.7,
        rateRatio(rounds, 'Tael', 'kept, without NOTIFY too'),
        times,
      ),
    ],
  }
}
