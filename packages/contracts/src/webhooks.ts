import * as Type from '@sinclair/typebox'

/**
 * The envelope of Adyen's standard webhooks (Webhooks v1). Only the envelope is held to a shape here: an item is
 * read, and judged, after its signature was checked, so that an event Adyen adds tomorrow is still accepted.
 */
export const WebhookEnvelope = Type.Object(
  {
    live: Type.Union([Type.Literal('true'), Type.Literal('false')]),
    notificationItems: Type.Array(
      Type.Object({ NotificationRequestItem: Type.Record(Type.String(), Type.Unknown()) }),
      {
        minItems: 1,
        maxItems: 100,
      },
    ),
  },
  { title: 'WebhookEnvelope' },
)
export type WebhookEnvelope = Type.Static<typeof WebhookEnvelope>

/** What Adyen wants to read in the body of a 2xx. */
export const WebhookAccepted = Type.Literal('[accepted]', { title: 'WebhookAccepted' })
