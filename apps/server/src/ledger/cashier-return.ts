import { resultCodes } from '@tael/contracts'
import type { AdyenCall, PaymentRow } from '../db/rows.ts'
import { applyEvent } from './apply-event.ts'
import { isCall } from './calls.ts'
import type { LockedPayment } from './lock.ts'
import { type AdyenResult, isOpen, type PaymentEvent } from './transition.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** How often a shopper may continue an attempt and have Adyen asked anew when the cashier closes. */
const OPENINGS_MAX = 20

type Return = 'ok' | 'cancel' | 'fail'

/**
 * The three kinds of answer that `wx.requestPayment` gives. Cancel is matched loosely, because old
 * WeChat versions return `requestPayment:cancel` (developers.weixin.qq.com, wx.requestPayment).
 */
function kindOf(paymentStatus: string): Return {
  if (paymentStatus === 'requestPayment:ok') return 'ok'
  return /^requestPayment:(fail[ :]?)?\s*cancel/i.test(paymentStatus) ? 'cancel' : 'fail'
}

/**
 * The call that asks Adyen for the result: one for each kind of answer from each opening of the
 * cashier.
 */
export function detailsCall(payment: PaymentRow, paymentStatus: string): AdyenCall {
  return callAfter(payment, kindOf(paymentStatus))
}

function callAfter({ id, openings }: PaymentRow, kind: Return): AdyenCall {
  const variant = openings === 1 ? kind : `${kind} ${openings}`
  return { paymentId: id, operation: 'payments/details', variant }
}

/**
 * Records that the shopper continues an attempt that waits for them, if the cashier has closed since
 * it was last opened. The same parameters open it again.
 */
export async function continueAttempt(unit: UnitOfWork, locked: LockedPayment): Promise<void> {
  const { payment } = locked
  if (payment.status !== 'awaiting_shopper' || payment.openings >= OPENINGS_MAX) return
  const closed = await unit.trx
    .selectFrom('adyen_calls')
    .select('variant')
    .where((eb) => eb.or([isCall(callAfter(payment, 'cancel'))(eb), isCall(callAfter(payment, 'fail'))(eb)]))
    .executeTakeFirst()
  if (closed !== undefined) await applyEvent(unit, locked, { type: 'continued' }, { source: 'shopper' })
}

export function returnEvent(paymentStatus: string): PaymentEvent {
  const type = kindOf(paymentStatus) === 'ok' ? 'shopper_returned' : 'returned_unpaid'
  return { type, paymentStatus }
}

/**
 * The event of an answer to a details call. After a cashier that closed unpaid, an answer without an
 * outcome leaves the attempt as it is: its prepay_id takes money once, so the shopper may continue.
 * Once they have, an answer about the earlier opening no longer ends the attempt, because the
 * cashier may be taking the money.
 */
export function detailsEvent(
  { openings }: Pick<PaymentRow, 'openings'>,
  { variant }: AdyenCall,
  result: AdyenResult,
): PaymentEvent {
  const [kind, opening = '1'] = variant.split(' ')
  const { status } = resultCodes[result.resultCode]
  const hasContinued = Number(opening) < openings
  const isInconclusive =
    waitingCodes.has(result.resultCode) || (hasContinued && !isOpen(status) && status !== 'authorised')
  return { type: kind !== 'ok' && isInconclusive ? 'answer_inconclusive' : 'result', result }
}

/**
 * Adyen waits for WeChat's notice. Any other code without an outcome does not belong to WeChat Pay
 * and may mean that money moved.
 */
const waitingCodes: ReadonlySet<string> = new Set(['Pending', 'Received'])
