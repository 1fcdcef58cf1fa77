import type { Payment } from '@tael/contracts'
import type { Operator, Shop } from './actors/index.ts'
import { until } from './until.ts'

/**
 * Requests a refund, of the whole payment or of this amount in minor units, that Adyen answers with an error and keeps
 * for its key. Returns its id.
 */
export function refundInVain(
  { adyen }: Pick<Shop, 'adyen'>,
  operator: Operator,
  payment: Payment,
  value?: number,
): Promise<string> {
  return adyen.withFault({ name: 'permanent_500', call: 'refunds' }, async () => {
    const { id } = await operator.refund(payment, value)
    await until(async () => (await operator.listAttention(id)).length > 0)
    return id
  })
}
