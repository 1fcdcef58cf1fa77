import * as Type from '@sinclair/typebox'

/**
 * The envelope of Adyen's standard webhooks (Webhooks v1). Its items are parsed only after their
 * signatures are verified, so that events that Adyen adds later are accepted.
 */
export const WebhookEnvelope = Type.Object(
  {
    live: Type.Union([Type.Literal('true'), Type.Literal('false'), Type.Boolean()]),
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

/** The body of a 2xx that Adyen expects. */
export const WebhookAccepted = Type.Literal('[accepted]', { title: 'WebhookAccepted' })
