import * as Type from '@sinclair/typebox'
import { Currency } from '../amount.ts'

const object = <P extends Type.TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })

/** What the server is configured to do, without any secret. */
export const Settings = Type.Object(
  {
    version: Type.String({ description: 'The commit that the server was built from.' }),
    schema: Type.String({ description: 'The newest migration that the database has run.' }),
    database: Type.Union([Type.Literal('url'), Type.Literal('pooler'), Type.Literal('embedded')], {
      description: 'PostgreSQL at DATABASE_URL, behind a connection pooler there, or the embedded one.',
    }),
    adyen: object({
      environment: Type.Union([Type.Literal('test'), Type.Literal('live')]),
      merchantAccount: Type.String(),
      apiVersion: Type.String(),
      liveUrlPrefix: Type.Boolean({ description: 'Whether calls go to the live endpoint of the merchant.' }),
      webhookHmacKeys: Type.Integer({ minimum: 1, description: 'Two during a rotation.' }),
      transactionIdField: Type.Union([Type.String(), Type.Null()], {
        description: "The field of additionalData that holds WeChat's transaction id.",
      }),
    }),
    weChat: object({
      appId: Type.String(),
      paidMessage: Type.Boolean({ description: 'Whether shoppers are notified of a paid order.' }),
      shippingUpload: Type.Union([
        Type.Literal('off'),
        Type.Literal('transaction_id'),
        Type.Literal('psp_reference'),
        Type.Literal('merchant_reference'),
      ]),
    }),
    shop: object({
      sells: Type.Boolean({ description: 'Whether the Mini Program sells goods of the catalogue.' }),
      currency: Currency,
      country: Type.String(),
      delivers: Type.Boolean({ description: 'Whether an order needs an address.' }),
      orderLifetimeSeconds: Type.Integer(),
      holdGraceSeconds: Type.Integer(),
      sessionLifetimeHours: Type.Integer(),
    }),
    merchant: object({
      lateMoney: Type.Union([Type.Literal('refund'), Type.Literal('keep')]),
      webhook: Type.Boolean({ description: "Whether events are delivered to the merchant's backend." }),
      webhookSecrets: Type.Integer({ minimum: 0, description: 'Several during a rotation.' }),
    }),
  },
  { title: 'Settings', additionalProperties: false },
)
export type Settings = Type.Static<typeof Settings>
