import type { SettlementDifference } from '@tael/contracts'
import { type OperatorAction, recordAction } from '../audit/record-action.ts'
import type { Trx } from '../db/database.ts'
import { findDifference, findSettlement } from './records.ts'

/** A difference that is handled: by this, or by another operator before. */
export interface Handled {
  readonly difference: SettlementDifference
  readonly isFirst: boolean
}

/**
 * Marks a difference as handled in every result of its series, where no operator has before, with the audit. Undefined:
 * there is no such difference.
 */
export async function handleDifference(
  trx: Trx,
  by: Pick<OperatorAction, 'actor' | 'requestId'>,
  { settlementId, number }: { readonly settlementId: string; readonly number: number },
  note: string,
): Promise<Handled | undefined> {
  const settlement = await findSettlement(trx, settlementId)
  if (settlement === undefined) return undefined
  const inserted = await trx
    .insertInto('settlement_handled')
    .columns(['series', 'identity', 'actor', 'note'])
    .expression((eb) =>
      eb
        .selectFrom('settlement_differences')
        .innerJoin('settlements', 'settlements.id', 'settlement_id')
        .select(['series', 'identity', eb.val(by.actor).as('actor'), eb.val(note).as('note')])
        .where('settlement_id', '=', settlementId)
        .where('number', '=', number),
    )
    .onConflict((conflict) => conflict.columns(['series', 'identity']).doNothing())
    .returning('identity')
    .executeTakeFirst()
  const difference = await findDifference(trx, settlement, number)
  if (difference === undefined) return undefined
  if (inserted === undefined) return { difference, isFirst: false }
  const detail = { number, kind: difference.kind, note }
  await recordAction(trx, { ...by, action: 'settlement.handle', subject: settlementId, detail })
  return { difference, isFirst: true }
}
