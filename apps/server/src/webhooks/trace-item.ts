import type { Trx } from '../db/database.ts'
import type { WebhookState } from '../db/tables.ts'
import { currentSpan, inSpan } from '../traces/spans.ts'
import { countedCode } from './meaning.ts'

/** Applies an item in a span of its own. */
export function applyTraced<A extends { readonly state: WebhookState }>(
  eventCode: string,
  apply: () => Promise<A>,
): Promise<A> {
  return inSpan({ name: `webhook ${countedCode(eventCode)}`, kind: 'internal' }, async (span) => {
    const applied = await apply()
    span.set({ 'tael.webhook_state': applied.state })
    if (applied.state === 'attention') span.fail()
    return applied
  })
}

/** Links what is traced now to the request that started a payment, where that was traced. */
export async function linkToPayment(trx: Trx, paymentId: string): Promise<void> {
  const span = currentSpan()
  if (span === undefined) return
  span.set({ 'tael.payment_id': paymentId })
  const started = await trx
    .selectFrom('payment_events')
    .select('detail')
    .where('payment_id', '=', paymentId)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  const traceparent = started?.detail['traceparent']
  if (typeof traceparent === 'string') span.link(traceparent)
}
