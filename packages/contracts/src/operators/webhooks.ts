import * as Type from '@sinclair/typebox'
import { recordsQuery } from './records-query.ts'

/**
 * What became of an item: applied to its payment; `stored`, because its kind changes none; `foreign`,
 * because it belongs to another system; or not applied, so that it needs attention.
 */
export const WebhookItemState = Type.Union([
  Type.Literal('applied'),
  Type.Literal('stored'),
  Type.Literal('foreign'),
  Type.Literal('attention'),
])
export type WebhookItemState = Type.Static<typeof WebhookItemState>

/** An item of the inbox. */
export const WebhookRecord = Type.Object(
  {
    id: Type.Integer(),
    eventCode: Type.String(),
    success: Type.Union([Type.Boolean(), Type.Null()]),
    pspReference: Type.String(),
    merchantReference: Type.String(),
    state: WebhookItemState,
    attention: Type.Union([Type.String(), Type.Null()], { description: 'Why it was not applied.' }),
    deliveries: Type.Integer({ minimum: 1, description: 'How many times Adyen delivered it.' }),
    eventAt: Type.Union([Type.String(), Type.Null()], { description: "Adyen's date of the event." }),
    receivedAt: Type.String(),
  },
  { title: 'WebhookRecord', additionalProperties: false },
)
export type WebhookRecord = Type.Static<typeof WebhookRecord>

/** The number of an item. */
export const WebhookId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

const { limit } = recordsQuery

/** Which items to list. */
export const WebhookRecordsQuery = Type.Object(
  {
    state: Type.Optional(WebhookItemState),
    /** The `next` of the page before. */
    before: Type.Optional(WebhookId),
    limit,
  },
  { title: 'WebhookRecordsQuery', additionalProperties: false },
)
export type WebhookRecordsQuery = Type.Static<typeof WebhookRecordsQuery>

/** A page of items, newest first. */
export const WebhookRecords = Type.Object(
  {
    webhooks: Type.Array(WebhookRecord),
    next: Type.Union([WebhookId, Type.Null()], { description: 'The `before` of the following page.' }),
  },
  { title: 'WebhookRecords', additionalProperties: false },
)
export type WebhookRecords = Type.Static<typeof WebhookRecords>

/** An item with the values that Adyen sent, but for `additionalData`, which may name the shopper. */
export const WebhookRecordInFull = Type.Object(
  { ...WebhookRecord.properties, item: Type.Record(Type.String(), Type.Unknown()) },
  { title: 'WebhookRecordInFull', additionalProperties: false },
)
export type WebhookRecordInFull = Type.Static<typeof WebhookRecordInFull>
