import { sign } from '@tael/adyen'
import type { Payment } from '@tael/contracts'
import type { Program } from '@tael/stack'
import { expect } from 'vitest'
import { logLines } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { liveSecrets } from './live-secrets.ts'

const live = {
  ...liveSecrets,
  ADYEN_ENVIRONMENT: 'live',
  ADYEN_LIVE_URL_PREFIX: '1797a841fbb37ca7-TaelTest',
  RETURN_URL: 'https://shop.example/return',
  PUBLIC_URL: 'https://shop.example',
  TRUSTED_PROXIES: '0',
  // Live mode knows the addresses of Adyen and WeChat itself. Here they lead nowhere.
  ADYEN_CHECKOUT_URL: '',
  ADYEN_REPORT_URL: '',
  WECHAT_API_URL: '',
  NODE_OPTIONS: `--import ${new URL('no-names.ts', import.meta.url).href}`,
}

const test = base.extend(
  'deliver',
  () =>
    async (server: Program, { id, amount }: Payment, from: 'true' | 'false'): Promise<unknown> => {
      const item = {
        pspReference: 'QFQTPCQ8HXSKGK82',
        merchantAccountCode: liveSecrets.ADYEN_MERCHANT_ACCOUNT,
        merchantReference: id,
        amount,
        eventCode: 'AUTHORISATION',
        eventDate: '2026-11-23T12:00:00+01:00',
        success: 'true',
      }
      const additionalData = { hmacSignature: sign(item, liveSecrets.ADYEN_HMAC_KEYS) }
      const { ADYEN_WEBHOOK_USERNAME: name, ADYEN_WEBHOOK_PASSWORD: password } = liveSecrets
      const answer = await fetch(`${server.url}/webhooks/adyen`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
        },
        body: JSON.stringify({
          live: from,
          notificationItems: [{ NotificationRequestItem: { ...item, additionalData } }],
        }),
      })
      return [answer.status, await answer.text()]
    },
)

test('a live server takes live webhooks and refuses those of the test environment', async ({
  shop,
  shopper,
  deliver,
}) => {
  const { payment } = await shopper.startBuying(4000)
  const server = await shop.startServer(live)
  expect(await deliver(server, payment, 'false')).toEqual([
    403,
    expect.stringContaining('webhook_environment_mismatch'),
  ])
  expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'awaiting_shopper' })
  expect(await deliver(server, payment, 'true')).toEqual([202, '[accepted]'])
  expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'authorised' })
})

test('a live server that can be debugged, or logs every statement, warns of it', async ({ shop }) => {
  const exposed = { ...live, LOG_LEVEL: 'trace', NODE_OPTIONS: `${live.NODE_OPTIONS} --inspect=127.0.0.1:0` }
  const server = await shop.startServer(exposed)
  expect(logLines(server).filter(({ msg }) => msg === 'a live server is exposed')).toMatchObject([
    { exposure: expect.stringContaining('--inspect') },
    { exposure: expect.stringContaining('LOG_LEVEL=trace') },
  ])
})

test('a live server warns of each check that fails, with its remedy, and serves meanwhile', async ({
  shop,
}) => {
  const server = await shop.startServer(live)
  const failed = () => logLines(server).filter(({ msg }) => msg === 'a check failed')
  await expect.poll(failed).toContainEqual(
    expect.objectContaining({
      check: 'adyen.reached',
      found: expect.stringContaining('ENOTFOUND'),
      remedy: expect.stringContaining('ADYEN_LIVE_URL_PREFIX'),
    }),
  )
  // The public address is not called.
  expect(failed()).not.toContainEqual(expect.objectContaining({ check: 'webhook.reached' }))
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200)
})
