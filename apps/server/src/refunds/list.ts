import {
  type ChosenRefundReason,
  orderNumber,
  type OperatorRefundReason,
  type RefundRecords,
  type RefundRecordsQuery,
} from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { cutPage, isBefore, isWithin } from '../db/pages.ts'
import type { RefundRow } from '../db/rows.ts'
import { readMoment } from '../http/moment.ts'
import { toOperatorRefund } from './view.ts'

const PAGE_SIZE = 50

/** A page of refunds, newest first, without those of no amount. */
export async function listRefundRecords(
  db: Db,
  { status, reason, value, from, to, before, limit = PAGE_SIZE }: RefundRecordsQuery,
): Promise<RefundRecords> {
  const rows = await db
    .selectFrom('refunds')
    .selectAll()
    .select((eb) =>
      // A join would let the planner read every payment for one page of the list.
      eb
        .selectFrom('payments')
        .select('payments.order_id')
        .whereRef('payments.id', '=', 'refunds.payment_id')
        .$asScalar()
        .$notNull()
        .as('order_id'),
    )
    .where((eb) => {
      const { cause, stated } = reason === undefined ? {} : columnsOf(reason)
      return eb.and([
        ...(status === undefined ? [] : [eb('status', '=', status)]),
        ...(value === undefined ? [] : [eb('value', '=', value)]),
        ...(cause === undefined ? [] : [eb('reason', '=', cause)]),
        ...(stated === undefined
          ? []
          : [stated === null ? eb('stated_reason', 'is', null) : eb('stated_reason', '=', stated)]),
        eb('value', '>', 0),
      ])
    })
    .where(isWithin('refunds', readMoment('from', from), readMoment('to', to)))
    .where(isBefore('refunds', before))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, next } = cutPage(rows, limit)
  return {
    refunds: page.map((refund) => ({
      ...toOperatorRefund(refund),
      orderId: refund.order_id,
      orderNumber: orderNumber(refund.order_id),
    })),
    next,
  }
}

/** The columns of the refunds with a reason, the opposite of `toOperatorRefundReason`. */
function columnsOf(reason: OperatorRefundReason): {
  readonly cause: RefundRow['reason']
  readonly stated: ChosenRefundReason | 'merchant' | null
} {
  if (reason === 'surplus') return { cause: 'surplus', stated: null }
  if (reason === 'customer_area') return { cause: 'external', stated: null }
  return { cause: 'operator', stated: reason === 'unstated' ? null : reason }
}
