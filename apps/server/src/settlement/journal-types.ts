/** What a line's Type tells us to do with it. */
export type Journal = 'settled' | 'refunded' | 'reversal' | 'overhead' | 'unknown'

/**
 * Adyen's journal types, in lower case because its own pages spell one of them in two ways: docs.adyen.com, Settlement
 * detail report structure and its page Journal types; ReserveAdjustment and SettleCost by the readers of such reports
 * in wikimedia/wikimedia-fundraising-SmashPig. `reversal`: money of a payment that moves again, which our books do not
 * hold. `overhead`: costs, and moves of the account's own money, which no payment of ours is compared with.
 */
const journals: ReadonlyMap<string, Journal> = new Map([
  ['settled', 'settled'],
  ['refunded', 'refunded'],
  ['chargeback', 'reversal'],
  ['secondchargeback', 'reversal'],
  ['chargebackreversed', 'reversal'],
  ['refundedreversed', 'reversal'],
  ['authorisationschemefee', 'overhead'],
  ['balancetransfer', 'overhead'],
  ['bankinstructionreturned', 'overhead'],
  ['depositcorrection', 'overhead'],
  ['epapaid', 'overhead'],
  ['fee', 'overhead'],
  ['internalcompanypayout', 'overhead'],
  ['invoicededuction', 'overhead'],
  ['manualcorrected', 'overhead'],
  ['matchedstatement', 'overhead'],
  ['merchantpayout', 'overhead'],
  ['misccosts', 'overhead'],
  ['paymentcost', 'overhead'],
  ['reserveadjustment', 'overhead'],
  ['settlecost', 'overhead'],
])

export function journalOf(type: string): Journal {
  return journals.get(type.toLowerCase()) ?? 'unknown'
}
