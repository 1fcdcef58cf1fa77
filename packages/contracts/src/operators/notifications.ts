import * as Type from '@sinclair/typebox'
import { Amount } from '../amount.ts'
import { AttentionKind } from './attention.ts'
import { recordsQuery } from './records-query.ts'

/** How soon somebody should look, most urgent first. */
export const Severity = Type.Union([Type.Literal('critical'), Type.Literal('warning'), Type.Literal('info')])
export type Severity = Type.Static<typeof Severity>

/**
 * A condition of the whole shop that somebody must look at, while it lasts.
 * - `webhooks_silent`: payments start, and no AUTHORISATION has come for longer than usual.
 * - `jobs_waiting`: a job has been due for minutes, and no server has taken it.
 * - `adyen_failing`, `wechat_failing`: of the calls of the last minutes many failed.
 * - `refunds_failing`: of the refunds of the last day many failed.
 */
export const HealthKind = Type.Union([
  Type.Literal('webhooks_silent'),
  Type.Literal('jobs_waiting'),
  Type.Literal('adyen_failing'),
  Type.Literal('wechat_failing'),
  Type.Literal('refunds_failing'),
])
export type HealthKind = Type.Static<typeof HealthKind>
export const healthKinds: readonly HealthKind[] = HealthKind.anyOf.map((literal) => literal.const)

/** What is watched: whatever needs attention, and the health of the shop. */
export const WatchedKind = Type.Union([AttentionKind, HealthKind])
export type WatchedKind = Type.Static<typeof WatchedKind>

/** The severity of everything that is watched. */
export const severities: Readonly<Record<WatchedKind, Severity>> = {
  refund_failed: 'critical',
  payment_reversed: 'critical',
  settlement_difference: 'warning',
  webhook: 'warning',
  event_undelivered: 'warning',
  payment_unknown: 'warning',
  refund_unsent: 'warning',
  refund_unconfirmed: 'warning',
  shipping_failed: 'warning',
  refund_requested: 'info',
  refund_proposed: 'info',
  webhooks_silent: 'critical',
  jobs_waiting: 'critical',
  adyen_failing: 'critical',
  wechat_failing: 'critical',
  refunds_failing: 'critical',
}

/** Besides what is watched: the digest of all that is open, and the test of a channel. */
export const NotificationKind = Type.Union([
  AttentionKind,
  HealthKind,
  Type.Literal('digest'),
  Type.Literal('test'),
])
export type NotificationKind = Type.Static<typeof NotificationKind>

/** What it reports: something began, is still open after a while, or is over. */
export const NotificationChange = Type.Union([
  Type.Literal('opened'),
  Type.Literal('still_open'),
  Type.Literal('resolved'),
])
export type NotificationChange = Type.Static<typeof NotificationChange>

/** How many items of one kind are open. */
export const OpenItems = Type.Object(
  { kind: WatchedKind, count: Type.Integer({ minimum: 1 }), since: Type.String() },
  { title: 'OpenItems', additionalProperties: false },
)
export type OpenItems = Type.Static<typeof OpenItems>

/** What a notification reports. It names no person and holds no secret. */
export const NotificationFacts = Type.Object(
  {
    kind: NotificationKind,
    change: Type.Union([NotificationChange, Type.Null()], { description: 'Null for a digest and a test.' }),
    severity: Severity,
    count: Type.Integer({
      minimum: 0,
      description: 'How many items it is about. Of more than one, only their number is reported.',
    }),
    subject: Type.Union([Type.String(), Type.Null()], {
      description: 'The id of the webhook item, refund, payment, order or event.',
    }),
    orderId: Type.Union([Type.String(), Type.Null()]),
    paymentId: Type.Union([Type.String(), Type.Null()]),
    amount: Type.Union([Amount, Type.Null()]),
    since: Type.Union([Type.String(), Type.Null()]),
    open: Type.Array(OpenItems, { description: 'Only of a digest.' }),
  },
  { title: 'NotificationFacts', additionalProperties: false },
)
export type NotificationFacts = Type.Static<typeof NotificationFacts>

/** What the receiver of a signed webhook gets: the facts, and the same in words. */
export const NotificationEvent = Type.Object(
  {
    type: Type.Literal('notification'),
    timestamp: Type.String(),
    data: Type.Object(
      {
        ...NotificationFacts.properties,
        title: Type.String(),
        text: Type.String(),
        link: Type.Union([Type.String(), Type.Null()], { description: 'Where the console shows it.' }),
      },
      { additionalProperties: false },
    ),
  },
  { title: 'NotificationEvent', additionalProperties: false },
)
export type NotificationEvent = Type.Static<typeof NotificationEvent>

/** `failed`: not accepted for a day, and not tried any more. */
export const NotificationState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('sent'),
  Type.Literal('failed'),
])
export type NotificationState = Type.Static<typeof NotificationState>

/** A notification to one channel. */
export const NotificationRecord = Type.Object(
  {
    ...NotificationFacts.properties,
    id: Type.Integer(),
    channel: Type.String(),
    title: Type.String({ description: 'In the language of the notifications.' }),
    state: NotificationState,
    tries: Type.Integer({ minimum: 0 }),
    createdAt: Type.String(),
    sentAt: Type.Union([Type.String(), Type.Null()]),
    nextTryAt: Type.Union([Type.String(), Type.Null()]),
    failure: Type.Union([Type.String(), Type.Null()], { description: 'Why the last try failed.' }),
  },
  { title: 'NotificationRecord', additionalProperties: false },
)
export type NotificationRecord = Type.Static<typeof NotificationRecord>

export const ChannelType = Type.Union([
  Type.Literal('webhook'),
  Type.Literal('email'),
  Type.Literal('slack'),
  Type.Literal('wecom'),
])
export type ChannelType = Type.Static<typeof ChannelType>

/** The name of a channel. */
export const ChannelName = Type.String({ minLength: 1, maxLength: 40, pattern: '^[A-Za-z0-9_-]+$' })

/** A channel without its address and its secrets. */
export const NotificationChannel = Type.Object(
  {
    name: Type.String(),
    type: ChannelType,
    sentAt: Type.Union([Type.String(), Type.Null()], { description: 'When it last accepted one.' }),
    failedAt: Type.Union([Type.String(), Type.Null()], { description: 'When it last did not.' }),
    failure: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'NotificationChannel', additionalProperties: false },
)
export type NotificationChannel = Type.Static<typeof NotificationChannel>

/** The number of a notification. */
const NotificationId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

const { limit } = recordsQuery

/** Which notifications to list. */
export const NotificationsQuery = Type.Object(
  {
    state: Type.Optional(NotificationState),
    /** The `next` of the page before. */
    before: Type.Optional(NotificationId),
    limit,
  },
  { title: 'NotificationsQuery', additionalProperties: false },
)
export type NotificationsQuery = Type.Static<typeof NotificationsQuery>

/** The channels of the server, and a page of notifications, newest first. */
export const Notifications = Type.Object(
  {
    channels: Type.Array(NotificationChannel),
    notifications: Type.Array(NotificationRecord),
    next: Type.Union([NotificationId, Type.Null()], { description: 'The `before` of the following page.' }),
  },
  { title: 'Notifications', additionalProperties: false },
)
export type Notifications = Type.Static<typeof Notifications>

/** Which channel to test. */
export const TestNotification = Type.Object(
  { channel: ChannelName },
  { title: 'TestNotification', additionalProperties: false },
)
export type TestNotification = Type.Static<typeof TestNotification>
