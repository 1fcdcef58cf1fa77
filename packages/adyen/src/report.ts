import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { withoutAbsent } from './absent.ts'
import type { SignedItem } from './webhook.ts'

/** The event that announces a report: `pspReference` is its file, `reason` its address. */
export const REPORT_AVAILABLE = 'REPORT_AVAILABLE'

const Word = Type.String({ maxLength: 64 })

/** Everything that an announcement of a report holds (Webhooks v1), and nothing else. */
const Report = Type.Object(
  {
    eventCode: Type.Literal(REPORT_AVAILABLE),
    success: Type.Literal('true'),
    pspReference: Type.String({ pattern: '^[\\w.-]{1,200}$' }),
    merchantAccountCode: Type.String({ pattern: '^[\\w.-]{1,100}$' }),
    reason: Type.String({ maxLength: 1000 }),
    eventDate: Type.Optional(Word),
    paymentMethod: Type.Optional(Word),
    amount: Type.Optional(
      Type.Object(
        { currency: Type.Optional(Word), value: Type.Optional(Type.Integer()) },
        { additionalProperties: false },
      ),
    ),
    additionalData: Type.Optional(
      Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 200 }), { maxProperties: 10 }),
    ),
  },
  { additionalProperties: false },
)

/**
 * Whether an item is the announcement of a report and no more. Adyen's libraries differ on whether
 * these are signed, so one may come without a signature: it must be of this form alone.
 */
export function isReport(item: SignedItem): boolean {
  const present = withoutAbsent(item)
  return Check(Report, present) && isAdyenAddress(present.reason)
}

/** Whether a text is an address at Adyen, where a report user's credentials may be sent. */
export function isAdyenAddress(text: unknown): boolean {
  const url = typeof text === 'string' ? URL.parse(text) : null
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return false
  return url.port === '' && url.hostname.endsWith('.adyen.com')
}
