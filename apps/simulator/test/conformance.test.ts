import { PaymentResponse, readCashierData } from '@tael/adyen'
import { describe, expect, test } from 'vitest'
import { fieldsOf, structures } from '../src/adyen/known-fields.ts'
import { scenarios } from '../src/scenarios.ts'
import {
  APP_ID,
  type HttpAnswer,
  type Merchant,
  readCashier,
  openShop,
  paymentBody,
  read,
  sendDetails,
  startPayment,
  type Webhook,
} from './merchant.ts'
import { openApi, openApiMissing, pointer, propertiesOf } from './openapi.ts'

const JSON_CONTENT = ['content', 'application/json', 'schema']

/** Sends a call until it gets a 2xx, three times at most. */
async function retry(send: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  for (let tries = 1; tries <= 3; tries += 1) {
    try {
      const answer = await send()
      if (answer.status < 300) return answer
    } catch {
      // The scenario cuts the connection.
    }
  }
  throw new Error('The call got no 2xx in three attempts.')
}

/** Plays one payment to its end, with these taps in the cashier, then every modification. */
async function play(
  shop: Merchant,
  value: number,
  version: string,
  taps: readonly ('pay' | 'cancel')[],
): Promise<void> {
  const openid = await shop.login()
  const body = paymentBody(openid, value, 'r1')
  const answer = await retry(() => shop.checkout('/payments', body, 'key-p', version))
  if (readCashierData(read(PaymentResponse, answer.body), APP_ID).kind === 'ready') {
    const { parameters, prepayId, paymentData } = readCashier(answer.body)
    await shop.openCashier(parameters)
    for (const tap of taps) await shop.tap(prepayId, tap)
    if (paymentData !== '') await retry(() => sendDetails(shop, paymentData, 'requestPayment:ok', 'key-d'))
  }
  await shop.waitUntilIdle()
  const [payment] = await shop.ledger()
  const { merchantAccount, amount } = body
  const path = `/payments/${payment?.pspReference}`
  await shop.checkout(`${path}/refunds`, { merchantAccount, amount, reference: 'refund-1' }, 'key-r', version)
  await shop.checkout(`${path}/cancels`, { merchantAccount }, 'key-c', version)
  await shop.checkout(`${path}/reversals`, { merchantAccount }, 'key-v', version)
  await shop.checkout('/cancels', { merchantAccount, paymentReference: 'r1' }, 'key-t', version)
  await shop.checkout('/cancels', { merchantAccount, paymentReference: 'unknown' }, 'key-u', version)
  await shop.waitUntilIdle()
}

/** The path in Adyen's file, such as `/payments/{paymentPspReference}/refunds`. */
function pathTemplate(label: string): string {
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
    const first = scenario === 'late_authorisation' || scenario.startsWith('cancel_') ? 'cancel' : 'pay'
    // Adyen answers nothing until the prepay_id is paid.
    await play(
      shop,
      Number(`12${digits}`),
      version,
      scenario.endsWith('_unanswered') ? [first, 'pay'] : [first],
    )

    const checkout = openApi(`CheckoutService-${version}.json`)
    const webhooks = openApi('Webhooks-v1.json')
    const entries = await shop.callLog()
    const problems: string[] = []
    let answers = 0
    for (const { call, kind, label, to } of entries) {
      if (kind !== 'request' || to !== 'adyen' || !label.startsWith('POST')) continue
      const answer = entries.find((other) => other.call === call && other.kind === 'answer')
      if (answer?.status === undefined) continue
      answers += 1
      const found = checkAnswer(checkout, pathTemplate(label), answer.status, answer.body)
      problems.push(...found.map((problem) => `${label} ${answer.status}: ${problem}`))
    }
    problems.push(...shop.webhooks.flatMap((webhook) => checkWebhook(webhooks, webhook)))
    expect(problems).toEqual([])
    expect(answers).toBeGreaterThanOrEqual(6)
    expect(shop.webhooks.length).toBeGreaterThanOrEqual(5)
  })

  test('the fields that it accepts are those of v66 and v72', () => {
    for (const name of structures) {
      const published = ['CheckoutService-v66.json', 'CheckoutService-v72.json'].flatMap((file) =>
        propertiesOf(file, name),
      )
      expect([name, fieldsOf(name)]).toEqual([name, [...new Set(published)].toSorted()])
    }
  })

  test.each(['v72', 'v66'])('the list of payment methods, %s', async (version) => {
    const shop = await openShop()
    const checkout = openApi(`CheckoutService-${version}.json`)
    const body = {
      merchantAccount: 'TaelTest',
      countryCode: 'CN',
      amount: { currency: 'CNY', value: 100 },
      channel: 'Web',
      allowedPaymentMethods: ['wechatpayMiniProgram'],
    }
    const operation = ['paths', '/paymentMethods', 'post']
    expect(checkout(pointer(...operation, 'requestBody', ...JSON_CONTENT), body)).toEqual([])
    const answer = await shop.checkout('/paymentMethods', body, undefined, version)
    expect(answer).toMatchObject({
      status: 200,
      body: { paymentMethods: [{ type: 'wechatpayMiniProgram' }] },
    })
    expect(checkout(pointer(...operation, 'responses', '200', ...JSON_CONTENT), answer.body)).toEqual([])
  })

  test('the webhook of a closed offer', async () => {
    const shop = await openShop()
    await startPayment(shop, 1280, 'r1')
    await shop.forward(2 * 60 * 60_000)
    await shop.waitUntilIdle()
    expect(shop.webhooks.map(({ item }) => item.eventCode)).toEqual(['OFFER_CLOSED'])
    // Adyen's schema of this event lacks the signature that Adyen's own example has.
    const webhooks = openApi('Webhooks-v1.json')
    expect(shop.webhooks.flatMap((webhook) => checkWebhook(webhooks, webhook))).toEqual([])
  })

  test('the error bodies', async () => {
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
      const { status, body: answer } = await shop.checkout('/payments', body)
      statuses.push(status)
      expect(checkAnswer(checkout, '/payments', status, answer)).toEqual([])
    }
    expect(statuses).toEqual([400, 403, 422, 500])
    const answer = await shop.send('POST', '/v72/payments', good, { 'x-api-key': 'wrong' })
    expect(checkAnswer(checkout, '/payments', 401, answer.body)).toEqual([])
  })

  test('the checks can fail', async () => {
    const checkout = openApi('CheckoutService-v72.json')
    const classic = { resultCode: 'RedirectShopper', redirect: { method: 'GET' } }
    expect(checkAnswer(checkout, '/payments', 200, classic)).toEqual([
      " must NOT have additional properties 'redirect'",
    ])
    const shop = await openShop()
    await shop.send('POST', '/simulator/webhooks', { additionalData: { unknownToAdyen: 'x' } })
    await shop.waitUntilIdle()
    const webhooks = openApi('Webhooks-v1.json')
    expect(shop.webhooks.flatMap((webhook) => checkWebhook(webhooks, webhook))).toHaveLength(1)
  })
})

type Checker = ReturnType<typeof openApi>

/** No endpoint's description has 429 and 503: their bodies are Adyen's two general ones. */
function checkAnswer(checkout: Checker, path: string, status: number, body: unknown): string[] {
  if (status === 429)
    return openApi('CheckoutService-v72.json')(schemaNamed('DefaultErrorResponseEntity'), body)
  if (status === 503) return checkout(schemaNamed('ServiceError'), body)
  return checkout(pointer('paths', path, 'post', 'responses', String(status), ...JSON_CONTENT), body)
}

function schemaNamed(name: string): string {
  return pointer('components', 'schemas', name)
}

function checkWebhook(webhooks: Checker, { body, item }: Webhook): string[] {
  const schema = pointer('webhooks', `/${item.eventCode}`, 'post', 'requestBody', ...JSON_CONTENT)
  return webhooks(schema, body)
    .filter((problem) => !(item.eventCode === 'OFFER_CLOSED' && problem.includes("'hmacSignature'")))
    .map((problem) => `${item.eventCode}: ${problem}`)
}
