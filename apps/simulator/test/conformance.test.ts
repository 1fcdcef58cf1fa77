import { readCashierData } from '@tael/adyen'
import { PaymentResponse } from '@tael/adyen'
import { Check } from '@sinclair/typebox/value'
import { describe, expect, test } from 'vitest'
import { scenarios } from '../src/scenarios.ts'
import {
  APP_ID,
  type HttpAnswer,
  type Merchant,
  opened,
  openShop,
  paymentBody,
  read,
  sendDetails,
} from './merchant.ts'
import { openApi, openApiMissing, pointer } from './openapi.ts'

const JSON_CONTENT = ['content', 'application/json', 'schema']

/** Sends a call until it is answered with a 2xx, as a merchant with an idempotency key does. */
async function persist(send: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  for (let tries = 1; tries <= 3; tries += 1) {
    try {
      const answer = await send()
      if (answer.status < 300) return answer
    } catch {
      // The connection was cut: that is what the scenario is about.
    }
  }
  throw new Error('The call never went through.')
}

/** One payment from end to end, with a cancel first where `cancel` says so, then every modification. */
async function play(shop: Merchant, value: number, version: string, cancel: boolean): Promise<void> {
  const openid = await shop.login()
  const body = paymentBody(openid, value, 'r1')
  const answer = await persist(() => shop.checkout('/payments', body, 'key-p', version))
  if (readCashierData(read(PaymentResponse, answer.body), APP_ID).kind === 'ready') {
    const { parameters, prepayId, paymentData } = opened(answer.body)
    await shop.openCashier(parameters)
    await shop.tap(prepayId, cancel ? 'cancel' : 'pay')
    if (paymentData !== '') await persist(() => sendDetails(shop, paymentData, 'requestPayment:ok', 'key-d'))
  }
  await shop.idle()
  const [payment] = await shop.ledger()
  const { merchantAccount, amount } = body
  const path = `/payments/${payment?.pspReference}`
  await shop.checkout(`${path}/refunds`, { merchantAccount, amount, reference: 'refund-1' }, 'key-r', version)
  await shop.checkout(`${path}/cancels`, { merchantAccount }, 'key-c', version)
  await shop.checkout(`${path}/reversals`, { merchantAccount }, 'key-v', version)
  await shop.checkout('/cancels', { merchantAccount, paymentReference: 'r1' }, 'key-t', version)
  await shop.checkout('/cancels', { merchantAccount, paymentReference: 'unknown' }, 'key-u', version)
  await shop.idle()
}

/** The template of a path in Adyen's file: `/payments/{paymentPspReference}/refunds`. */
function template(label: string): string {
  return label
    .replace(/^POST /, '')
    .replace(/^\/payments\/[A-Z0-9]{16}\//, '/payments/{paymentPspReference}/')
}

describe.skipIf(openApiMissing !== false)(`Adyen's OpenAPI files (${openApiMissing || 'present'})`, () => {
  const cases = ['v72', 'v66'].flatMap((version) =>
    scenarios.map((scenario) => ({ version, scenario: scenario.name, digits: scenario.digits })),
  )

  test.each(cases)('$version, $scenario', async ({ version, scenario, digits }) => {
    const shop = await openShop()
    await play(shop, Number(`12${digits}`), version, scenario === 'late_authorisation')

    const checkout = openApi(`CheckoutService-${version}.json`)
    const webhooks = openApi('Webhooks-v1.json')
    const messages = await shop.messages()
    const problems: string[] = []
    let answers = 0
    for (const { call, kind, label, to, status, body } of messages) {
      if (kind !== 'request' || to !== 'adyen' || !label.startsWith('POST')) continue
      const answer = messages.find((other) => other.call === call && other.kind === 'answer')
      if (answer?.status === undefined) continue
      answers += 1
      // 429 and 503 are in no description of Adyen's: the error body is what they share.
      const schema = answerSchema(template(label), answer.status)
      for (const problem of checkout(schema, answer.body))
        problems.push(`${label} ${answer.status}: ${problem}`)
      expect(status).toBeUndefined()
      expect(body).toBeDefined()
    }
    for (const { body, item } of shop.webhooks) {
      const schema = pointer('webhooks', `/${item.eventCode}`, 'post', 'requestBody', ...JSON_CONTENT)
      for (const problem of webhooks(schema, body)) problems.push(`${item.eventCode}: ${problem}`)
    }
    expect(problems).toEqual([])
    expect(answers).toBeGreaterThanOrEqual(6)
    expect(shop.webhooks.length).toBeGreaterThanOrEqual(5)
  })

  test('refusals', async () => {
    const shop = await openShop()
    const checkout = openApi('CheckoutService-v72.json')
    const good = paymentBody(await shop.login(), 1280, 'r1')
    const bodies = [
      '{',
      { ...good, merchantAccount: 'Another' },
      { ...good, returnUrl: undefined },
      { ...good, paymentMethod: { type: 'scheme' } },
    ]
    const statuses: number[] = []
    for (const body of bodies) {
      const answer = await shop.checkout('/payments', body)
      statuses.push(answer.status)
      expect(checkout(answerSchema('/payments', answer.status), answer.body)).toEqual([])
    }
    expect(statuses).toEqual([400, 403, 422, 500])
    const answer = await shop.send('POST', '/v72/payments', good, { 'x-api-key': 'wrong' })
    expect(checkout(answerSchema('/payments', 401), answer.body)).toEqual([])
  })

  test('the checks can fail', () => {
    const checkout = openApi('CheckoutService-v72.json')
    const classic = { resultCode: 'RedirectShopper', redirect: { method: 'GET' } }
    expect(checkout(answerSchema('/payments', 200), classic)).not.toEqual([])
    expect(Check(PaymentResponse, classic)).toBe(true)
    const webhooks = openApi('Webhooks-v1.json')
    const item = { NotificationRequestItem: { eventCode: 'AUTHORISATION' } }
    const schema = pointer('webhooks', '/AUTHORISATION', 'post', 'requestBody', ...JSON_CONTENT)
    expect(webhooks(schema, { live: 'false', notificationItems: [item] })).not.toEqual([])
  })
})

function answerSchema(path: string, status: number): string {
  if (status === 429) return pointer('components', 'schemas', 'DefaultErrorResponseEntity')
  if (status === 503) return pointer('components', 'schemas', 'ServiceError')
  return pointer('paths', path, 'post', 'responses', String(status), ...JSON_CONTENT)
}
