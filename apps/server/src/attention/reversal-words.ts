/** The events by which Adyen takes money of a payment back, or may, in words (Adyen, Dispute webhooks). */
const words: Readonly<Record<string, string>> = {
  CANCELLATION: 'a cancellation',
  CAPTURE: 'a failed capture',
  CAPTURE_FAILED: 'a failed capture',
  CHARGEBACK: 'a chargeback',
  CHARGEBACK_REVERSED: 'a reversed chargeback',
  NOTIFICATION_OF_CHARGEBACK: 'a notification of chargeback',
  PREARBITRATION_LOST: 'a lost pre-arbitration',
  REQUEST_FOR_INFORMATION: 'a request for information',
  SECOND_CHARGEBACK: 'a second chargeback',
  TECHNICAL_CANCEL: 'a cancellation',
}

/** What happened to the money of a payment, in the order of these events: each once, with its code. */
export function describeReversals(eventCodes: readonly string[]): string {
  const described = [...new Set(eventCodes)].map((code) => {
    const word = Object.hasOwn(words, code) ? words[code] : undefined
    return word === undefined ? code : `${word} (${code})`
  })
  return described.join(', then ')
}
