import * as Type from '@sinclair/typebox'
import { Currency } from '../amount.ts'
import { AttentionCounts } from './attention.ts'
import { PaymentSummary } from './orders.ts'
import { moment } from './records-query.ts'

/** The most intervals in one overview: a month of days, three days of hours. */
export const OVERVIEW_BUCKETS_MAX = { day: 31, hour: 72 } as const

/** The period of an overview, and how it is divided. */
export const OverviewQuery = Type.Object(
  {
    interval: Type.Optional(Type.Union([Type.Literal('hour'), Type.Literal('day')], { default: 'day' })),
    from: Type.Optional(
      moment('In the first interval. Without it the last 7 days, or the last 24 hours, up to `to`.'),
    ),
    to: Type.Optional(moment('The end of the period; now without it.')),
    offset: Type.Optional(
      Type.Integer({
        minimum: -720,
        maximum: 840,
        default: 480,
        description:
          "The shop's minutes ahead of UTC, in which a day begins at midnight. China's without it.",
      }),
    ),
  },
  { title: 'OverviewQuery', additionalProperties: false },
)
export type OverviewQuery = Type.Static<typeof OverviewQuery>

const count = (description: string) => Type.Integer({ minimum: 0, description })

const Total = Type.Object(
  { count: Type.Integer({ minimum: 0 }), value: Type.Integer({ minimum: 0, description: 'Minor units.' }) },
  { additionalProperties: false },
)

/** The money of one currency in one interval. */
export const OverviewMoney = Type.Object(
  {
    currency: Currency,
    paid: Type.Object(Total.properties, {
      additionalProperties: false,
      description: 'Orders whose money arrived in it.',
    }),
    refused: Type.Object(Total.properties, {
      additionalProperties: false,
      description: 'Payments that began in it and were refused or ended with an error.',
    }),
    refunded: Type.Object(Total.properties, {
      additionalProperties: false,
      description: 'Refunds whose money went back in it.',
    }),
  },
  { title: 'OverviewMoney', additionalProperties: false },
)
export type OverviewMoney = Type.Static<typeof OverviewMoney>

/** How far the orders that were made in one interval have come: each step counts those that reached it. */
export const OverviewSteps = Type.Object(
  {
    orders: count('Orders that were made in it.'),
    started: count('… of which a payment was started.'),
    cashier: count("… of which the phone received what opens WeChat's cashier."),
    paid: count('… that are paid.'),
  },
  { title: 'OverviewSteps', additionalProperties: false },
)
export type OverviewSteps = Type.Static<typeof OverviewSteps>

const Age = (description: string) => Type.Union([Type.String(), Type.Null()], { description })

/** How long the newest items of the inbox took, in milliseconds. */
const Lag = Type.Union([
  Type.Object({ median: Type.Integer(), max: Type.Integer() }, { additionalProperties: false }),
  Type.Null(),
])

/** How the shop does: its sales by hour or day, and what waits. */
export const Overview = Type.Object(
  {
    interval: Type.Union([Type.Literal('hour'), Type.Literal('day')]),
    buckets: Type.Array(
      Type.Object(
        {
          from: Type.String({ description: 'When the interval begins.' }),
          steps: OverviewSteps,
          money: Type.Array(OverviewMoney, { description: 'One for each currency that moved in it.' }),
        },
        { title: 'OverviewBucket', additionalProperties: false },
      ),
      { description: 'Every interval of the period, oldest first.' },
    ),
    stuck: Type.Object(
      {
        count: count('Payments whose outcome has been unknown for ten minutes or longer.'),
        payments: Type.Array(PaymentSummary, { description: 'The oldest of them.' }),
      },
      { additionalProperties: false },
    ),
    oldest: Type.Object(
      {
        unknownPayment: Age('When the oldest payment without an outcome began.'),
        unappliedWebhook: Age('When the oldest item that could not be applied was received.'),
        waitingJob: Age('Since when the oldest job that could run has been waiting.'),
      },
      { additionalProperties: false },
    ),
    attention: AttentionCounts,
    webhooks: Type.Object(
      {
        newest: Age('When the newest item was received.'),
        deliveryMs: Type.Union(Lag.anyOf, {
          description: "Of the newest applied items, from Adyen's date of the event to their receipt.",
        }),
        applyMs: Type.Union(Lag.anyOf, {
          description: 'Of the same, from their receipt to the change of their payment.',
        }),
      },
      { additionalProperties: false },
    ),
    jobs: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          waiting: count('Jobs that could run.'),
          since: Type.String({ description: 'Since when the oldest of them has been waiting.' }),
        },
        { additionalProperties: false },
      ),
      { description: 'The kinds of jobs that wait to run.' },
    ),
  },
  { title: 'Overview', additionalProperties: false },
)
export type Overview = Type.Static<typeof Overview>
