import type { CallResult, ModificationResponse, RefundRequest } from '@tael/adyen'
import type { FastifyBaseLogger } from 'fastify'
import { type AdyenCall, type AdyenCallDependencies, endCall, lastOver, makeLater } from '../calls/calls.ts'
import { applyEvent } from '../payments/apply.ts'
import { lockPayment } from '../payments/store.ts'
import type { PaymentEvent } from '../payments/transition.ts'
import type { PaymentRow } from '../payments/view.ts'
import { reached } from '../steps.ts'
import { changeRefund, type RefundNews } from './change.ts'
import { findOverdueRefunds } from './store.ts'

/**
 * Asks Adyen for a refund under its stored key and writes down what came of it. An answer that never came, or that
 * cannot be used, leaves the call to be made again: Adyen does it once for its key.
 */
export async function sendRefund(
  { db, jobs, checkout, config, log }: AdyenCallDependencies,
  call: AdyenCall,
  payment: PaymentRow,
  idempotencyKey: string,
): Promise<void> {
  const { paymentId, variant: refundId } = call
  const amount = await db
    .selectFrom('refunds')
    .select(['currency', 'value'])
    .where('id', '=', refundId)
    .executeTakeFirstOrThrow()
  const body = { merchantAccount: config.adyen.merchantAccount, amount, reference: refundId }
  const result = await readRefund(payment, body, (pspReference) =>
    checkout.refund(pspReference, body, idempotencyKey),
  )
  reached('refunds answered')
  await db.transaction().execute(async (trx) => {
    const books = { trx, jobs }
    const locked = await lockPayment(trx, paymentId)
    if (locked === undefined) throw new Error(`The payment ${paymentId} is gone.`)
    const cause = { source: 'adyen' } as const
    if (result.kind === 'unanswered') await makeLater(trx, jobs, call)
    else await endCall(trx, call)
    if (result.kind === 'answered') await changeRefund(books, locked, refundId, result.news, cause)
    else await applyEvent(books, locked, eventOf(result.kind, result.reason), cause)
  })
  reached('refunds settled')
  tellOperators(log, { refundId, paymentId }, result)
}

function eventOf(kind: 'unanswered' | 'unusable', reason: string): PaymentEvent {
  return { type: kind === 'unanswered' ? 'unanswered' : 'answer_unusable', operation: 'refunds', reason }
}

function tellOperators(log: FastifyBaseLogger, names: object, result: RefundResult): void {
  const entry = { ...names, operation: 'refunds', reason: result.reason }
  if (result.kind === 'unanswered') log.warn(entry, 'Adyen did not answer')
  else if (result.kind === 'unusable') log.error(entry, 'the answer of Adyen cannot be used')
  else if (result.news.to === 'failed')
    log.error(entry, 'Adyen refused a refund: send the money back by hand')
}

type RefundResult =
  | { readonly kind: 'unanswered'; readonly reason: string }
  | { readonly kind: 'unusable'; readonly reason: string }
  | { readonly kind: 'answered'; readonly news: RefundNews; readonly reason: string }

async function readRefund(
  { psp_reference }: PaymentRow,
  asked: Required<RefundRequest>,
  ask: (pspReference: string) => Promise<CallResult<ModificationResponse>>,
): Promise<RefundResult> {
  // Paid by an answer that left it out; the webhook will name it.
  if (psp_reference === null) {
    return { kind: 'unanswered', reason: 'the pspReference of the payment is not known yet' }
  }
  const result = await ask(psp_reference)
  if (result.kind === 'unknown') return { kind: 'unanswered', reason: result.reason }
  if (result.kind === 'rejected') {
    const { status, errorCode, message } = result
    // Our key is not let in, which says nothing of an earlier try: should that one have been made, a failed refund could
    // be given twice. It heals with the key, and operators hear of it.
    if (status === 401 || status === 403) {
      return { kind: 'unanswered', reason: `HTTP ${status} ${errorCode} ${message}` }
    }
    return { kind: 'answered', news: { to: 'failed' }, reason: `HTTP ${status} ${errorCode} ${message}` }
  }
  const {
    reference = asked.reference,
    amount = asked.amount,
    paymentPspReference = psp_reference,
  } = result.body
  // The same call would be answered the same again; the webhook will name the right refund.
  if (reference !== asked.reference || paymentPspReference !== psp_reference) {
    return { kind: 'unusable', reason: 'it is about another reference' }
  }
  if (amount.currency !== asked.amount.currency || amount.value !== asked.amount.value) {
    return { kind: 'unusable', reason: 'it is about another amount' }
  }
  const { pspReference } = result.body
  return { kind: 'answered', news: { to: 'received', pspReference }, reason: '' }
}

/**
 * Takes refunds for failed that Adyen never took up while their keys guarded them: asking again could give money back
 * twice. An operator hears of it and looks; should Adyen's webhook say that one was made after all, that counts.
 */
export async function giveUpRefunds({ db, jobs, log }: AdyenCallDependencies): Promise<void> {
  for (const { id: refundId, payment_id: paymentId } of await findOverdueRefunds(db, lastOver())) {
    const names = { refundId, paymentId, operation: 'refunds' }
    try {
      await db.transaction().execute(async (trx) => {
        const locked = await lockPayment(trx, paymentId)
        if (locked === undefined) throw new Error(`The payment ${paymentId} is gone.`)
        await changeRefund({ trx, jobs }, locked, refundId, { to: 'failed' }, { source: 'job' })
      })
      log.error(names, 'Adyen never took up a refund: look it up, and send the money back')
    } catch (error) {
      // One that cannot be given up now must not keep the others waiting; it is found again in a minute.
      log.error({ ...names, err: error }, 'a refund could not be given up')
    }
  }
}
