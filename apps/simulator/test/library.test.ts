import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CheckoutAPI,
  Client,
  Config,
  EnvironmentEnum,
  hmacValidator,
  HttpURLConnectionClient,
  Types,
} from '@adyen/api-library'
import { beforeAll, expect, test } from 'vitest'
import { baseConfig, readCashier, openShop, paymentBody } from './merchant.ts'

/*
 * Adyen's own library pays on the simulator. It requires TLS and has no base URL, so it gets a
 * certificate of ours and a client that replaces Adyen's host. It accepts a pinned certificate only
 * with the name of a payment terminal.
 */
const CERTIFICATE_NAME = 'tael-simulator.test.terminal.adyen.com'
const ADYEN_HOST = 'https://checkout-test.adyen.com'

interface Certificate {
  readonly key: string
  readonly cert: string
  readonly certPath: string
}

let certificate: Certificate

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'tael-simulator-'))
  const [keyPath, certPath] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', `/CN=${CERTIFICATE_NAME}`, '-addext', 'subjectAltName=IP:127.0.0.1']
  const files = ['-keyout', keyPath, '-out', certPath]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files],
    {
      stdio: 'ignore',
    },
  )
  certificate = { key: readFileSync(keyPath, 'utf8'), cert: readFileSync(certPath, 'utf8'), certPath }
  return () => rmSync(folder, { recursive: true })
})

async function openShopWithLibrary() {
  const shop = await openShop({ https: { key: certificate.key, cert: certificate.cert } })
  const connection = new HttpURLConnectionClient()
  const config = new Config({
    apiKey: baseConfig.adyenApiKey,
    environment: EnvironmentEnum.TEST,
    certificatePath: certificate.certPath,
  })
  const client = new Client(config, {
    request: (endpoint, ...rest) => connection.request(endpoint.replace(ADYEN_HOST, shop.url), ...rest),
  })
  return { shop, checkout: new CheckoutAPI(client) }
}

test('the library pays, gets the result, refunds, cancels, and accepts the signatures', async () => {
  const { shop, checkout } = await openShopWithLibrary()
  const body = paymentBody(await shop.login(), 1280, 'r1')
  const method = Types.checkout.WeChatPayMiniProgramDetails.TypeEnum.WechatpayMiniProgram
  const request = {
    ...body,
    shopperInteraction: Types.checkout.PaymentRequest.ShopperInteractionEnum.Ecommerce,
    paymentMethod: { ...body.paymentMethod, type: method },
  }

  const answer = await checkout.PaymentsApi.payments(request, { idempotencyKey: 'key-1' })
  const { prepayId, paymentData } = readCashier(JSON.parse(JSON.stringify(answer)))
  await shop.tap(prepayId, 'pay')
  const details = await checkout.PaymentsApi.paymentsDetails(
    { paymentData, details: { paymentStatus: 'requestPayment:ok' } },
    { idempotencyKey: 'key-2' },
  )
  expect(details.resultCode).toBe('Authorised')

  const { merchantAccount } = body
  const pspReference = details.pspReference ?? ''
  const refund = await checkout.ModificationsApi.refundCapturedPayment(pspReference, {
    merchantAccount,
    amount: { currency: 'CNY', value: 280 },
    reference: 'refund-1',
  })
  expect(refund).toMatchObject({
    status: 'received',
    paymentPspReference: pspReference,
    reference: 'refund-1',
  })
  const cancel = await checkout.ModificationsApi.cancelAuthorisedPaymentByPspReference(pspReference, {
    merchantAccount,
  })
  expect(cancel.status).toBe('received')
  const technical = await checkout.ModificationsApi.cancelAuthorisedPayment({
    merchantAccount,
    paymentReference: 'r1',
  })
  expect(technical).toMatchObject({ status: 'received', paymentReference: 'r1' })
  const reversal = await checkout.ModificationsApi.refundOrCancelPayment(pspReference, { merchantAccount })
  expect(reversal.status).toBe('received')

  await shop.waitUntilIdle()
  const events = shop.webhooks.map(({ item }) => `${item.eventCode} ${item.success}`)
  expect(events.toSorted()).toEqual([
    'AUTHORISATION true',
    'CANCELLATION false',
    'CANCEL_OR_REFUND true',
    'REFUND true',
    'TECHNICAL_CANCEL false',
  ])
  const validator = new hmacValidator()
  for (const { body: webhook } of shop.webhooks) {
    const items = readItems(webhook)
    expect(items).toHaveLength(1)
    for (const item of items) {
      expect(validator.validateHMAC(item, baseConfig.hmacKey)).toBe(true)
      expect(validator.validateHMAC(item, 'AA'.repeat(32))).toBe(false)
    }
  }
  expect(await shop.ledger()).toMatchObject([{ paid: 1280, refunded: 1280 }])
})

/** The items of a webhook as the library reads them. */
function readItems(webhook: unknown): Types.notification.NotificationRequestItem[] {
  const notification: Types.notification.Notification = Types.notification.ObjectSerializer.deserialize(
    webhook,
    'Notification',
  )
  return notification.notificationItems?.map((item) => item.NotificationRequestItem) ?? []
}
