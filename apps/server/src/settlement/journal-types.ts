/** How lines of a type are compared. */
export type Journal = 'settled' | 'refunded' | 'reversal' | 'overhead' | 'unknown'

/**
 * Adyen's journal types, in lower case because Adyen spells one of them in two ways. `reversal`:
 * money of a payment that moved again, which we do not record. `overhead`: costs, and moves of the
 * account's own money. Sources: docs.adyen.com, Settlement details report and Journal types; for
 * ReserveAdjustment and SettleCost the reader in wikimedia/wikimedia-fundraising-SmashPig.
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
