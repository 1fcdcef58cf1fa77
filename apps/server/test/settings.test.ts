import { expect } from 'vitest'
import { credentials } from '@tael/stack'
import { test as base } from './fixtures.ts'

const [newKey, oldKey] = ['A1'.repeat(32), 'B2'.repeat(32)]
const webhookSecret = `whsec_${Buffer.from('a secret of the merchant, 32 bytes').toString('base64')}`

const test = base.extend(
  'settings',
  { scope: 'file' },
  {
    ADYEN_HMAC_KEYS: `${newKey},${oldKey}`,
    MERCHANT_WEBHOOK_URL: 'http://127.0.0.1:9/tael?token=of-the-address',
    MERCHANT_WEBHOOK_SECRETS: webhookSecret,
    PAID_MESSAGE_TEMPLATE_ID: 'template-of-the-message',
    PAID_MESSAGE_FIELDS: 'amount1=amount',
    WECHAT_TRANSACTION_ID_FIELD: 'weChatId',
    SHIPPING_UPLOAD: 'merchant_reference',
    WECHAT_MERCHANT_ID: '1900000109',
    ORDER_LIFETIME_SECONDS: '900',
    SHOP_COUNTRY: 'SG',
  },
)

test('what is configured is shown, and none of its secrets', async ({ settings, shop, operator }) => {
  const shown = await operator.getSettings()
  expect(shown).toEqual({
    version: expect.stringMatching(/./),
    schema: expect.stringMatching(/^\d{4}_\w+\.sql$/),
    database: 'url',
    adyen: {
      environment: 'test',
      merchantAccount: credentials.ADYEN_MERCHANT_ACCOUNT,
      apiVersion: expect.stringMatching(/^v\d\d$/),
      liveUrlPrefix: false,
      webhookHmacKeys: 2,
      transactionIdField: 'weChatId',
    },
    weChat: { appId: credentials.WECHAT_APP_ID, paidMessage: true, shippingUpload: 'merchant_reference' },
    shop: {
      sells: true,
      currency: 'CNY',
      country: 'SG',
      delivers: false,
      orderLifetimeSeconds: 900,
      holdGraceSeconds: 900,
      sessionLifetimeHours: 72,
    },
    merchant: { lateMoney: 'refund', webhook: true, webhookSecrets: 1 },
  })
  const { ADYEN_MERCHANT_ACCOUNT: _account, WECHAT_APP_ID: _appId, ...secrets } = credentials
  const hidden = [
    ...Object.values(secrets),
    newKey,
    oldKey,
    webhookSecret,
    'of-the-address',
    new URL(shop.server.url).port,
  ]
  const command = await operator.runWith(settings, 'settings')
  expect(JSON.parse(command.out)).toEqual(shown)
  for (const text of [JSON.stringify(shown), command.out])
    expect(hidden.filter((secret) => text.includes(secret))).toEqual([])
})
