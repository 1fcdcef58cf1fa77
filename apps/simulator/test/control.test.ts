import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConfigError } from '@tael/config'
import { readConfig } from '../src/config.ts'
import { faults } from '../src/faults.ts'
import { scenarios } from '../src/scenarios.ts'
import { openShop, paymentBody, sendDetails, startPayment } from './merchant.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The rows of a table of the README, below the heading. */
function tableUnder(heading: string): string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) => line.slice(2, -2).split(' | '))
}

test('the README lists the scenarios as they are', () => {
  const rows = scenarios.map(({ digits, name, description }) => [digits, `\`${name}\``, description])
  expect(tableUnder('Scenarios')).toEqual(rows)
})

test('the README lists the faults as they are', () => {
  expect(tableUnder('Faults')).toEqual(Object.entries(faults).map(([name, text]) => [`\`${name}\``, text]))
})

test('magic amounts: two digits each, none twice, none that prices end in', () => {
  const digits = scenarios.slice(1).map((scenario) => scenario.digits)
  expect(new Set(digits).size).toBe(digits.length)
  for (const pair of digits) {
    expect(pair).toMatch(/^\d\d$/)
    expect(Number(pair) % 5).not.toBe(0)
    expect(['80', '90', '99']).not.toContain(pair)
  }
})

test('the playground can list scenarios and faults', async () => {
  const shop = await openShop()
  expect((await shop.send('GET', '/simulator/scenarios')).body).toEqual({
    scenarios: scenarios.map(({ name, digits, description }) => ({ name, digits, description })),
    faults: Object.entries(faults).map(([name, description]) => ({ name, description })),
  })
})

test.each([
  [{ scenario: 'nonsense' }, 'There is no scenario named nonsense.'],
  [{ faults: [{ name: 'nonsense', probability: 1 }] }, 'There is no fault named nonsense.'],
  [{ faults: [{ name: 'lost_answer', probability: 2 }] }, 'body/faults/0/probability must be <= 1'],
])('switches %j are refused, and nothing is switched', async (switches, error) => {
  const shop = await openShop()
  expect(await shop.switches(switches)).toMatchObject({ status: 400, body: { error } })
  expect((await shop.send('GET', '/simulator/scenario')).body).toEqual({
    scenario: null,
    faults: [],
    seed: 1,
  })
})

/** What forty calls are answered under faults of this seed. */
async function strikes(seed: number): Promise<number[]> {
  const shop = await openShop({ config: { seed } })
  await shop.switches({
    faults: [
      { name: 'rate_limited', probability: 0.4 },
      { name: 'transient_500', probability: 0.3 },
    ],
  })
  const statuses: number[] = []
  for (let call = 0; call < 40; call += 1)
    statuses.push((await shop.checkout('/paymentMethods', { merchantAccount: 'TaelTest' })).status)
  return statuses
}

test('the same seed strikes the same calls, another one does not', async () => {
  const first = await strikes(7)
  expect(new Set(first)).toEqual(new Set([200, 429, 500]))
  expect(await strikes(7)).toEqual(first)
  expect(await strikes(8)).not.toEqual(first)
})

test('webhook faults strike: twice delivered, and lost on the way', async () => {
  const shop = await openShop()
  await shop.switches({ faults: [{ name: 'webhook_duplicate', probability: 1 }] })
  await shop.send('POST', '/simulator/webhooks', {})
  await shop.idle()
  expect(shop.webhooks).toHaveLength(2)
  await shop.switches({ faults: [{ name: 'webhook_lost', probability: 1 }] })
  await shop.send('POST', '/simulator/webhooks', {})
  await expect
    .poll(
      async () =>
        (await shop.messages()).filter(({ label }) => label === 'no answer (lost on the way)').length,
    )
    .toBeGreaterThan(0)
})

test('the log shows a whole payment, in order, without secrets', async () => {
  const shop = await openShop({ config: { speed: 1 } })
  const { parameters, prepayId, paymentData } = await startPayment(shop, 1280, 'r1')
  await shop.openCashier(parameters)
  await shop.tap(prepayId, 'pay')
  await sendDetails(shop, paymentData, 'requestPayment:ok', 'key-d')
  await shop.forward(1_000)
  await shop.idle()
  const messages = await shop.messages()
  const lines = messages
    .filter(({ kind }) => kind === 'request')
    .map(({ from, to, label }) => `${from} > ${to}: ${label}`)
  expect(lines).toEqual([
    'miniprogram > wechat: wx.login',
    'server > wechat: GET /sns/jscode2session',
    'server > adyen: POST /payments',
    'adyen > wechat: prepay order',
    'miniprogram > wechat: wx.requestPayment',
    'miniprogram > wechat: the shopper pays',
    'wechat > adyen: payment notification: paid',
    'server > adyen: POST /payments/details',
    'adyen > server: webhook AUTHORISATION success=true',
  ])
  const answers = messages.filter(({ kind }) => kind === 'answer').map(({ call }) => call)
  expect(answers.toSorted((one, two) => one - two)).toEqual(lines.map((_, index) => index + 1))
  const text = JSON.stringify(messages)
  expect(text).not.toContain('test-api-key')
  expect(text).not.toContain('app-secret')
  expect(text).not.toContain(Buffer.from('webhook-user:webhook-password').toString('base64'))
  expect(text).toContain('"session_key":"***"')
  expect(text).toContain(paymentData)
})

test('messages stream to a reader: past ones first, then each as it happens', async () => {
  const shop = await openShop()
  await shop.login()
  const abort = new AbortController()
  const stream = await fetch(`${shop.url}/simulator/messages`, { signal: abort.signal })
  expect(stream.headers.get('content-type')).toBe('text/event-stream')
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const readUntil = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) text += (await reader?.read())?.value ?? ''
  }
  await readUntil('GET /sns/jscode2session')
  await shop.checkout('/payments', paymentBody('nobody', 1280, 'r1'))
  await readUntil('422 000')
  expect(text.indexOf('wx.login')).toBeLessThan(text.indexOf('POST /payments'))
  expect(text).toMatch(/^id: 1\ndata: \{"id":1,.*\}\n\nid: 2\n/)
  abort.abort()
})

test('the log forgets the oldest of more than 2,000 messages', async () => {
  const shop = await openShop()
  for (let call = 0; call < 1_050; call += 1) await shop.code()
  const messages = await shop.messages()
  expect(messages).toHaveLength(2_000)
  expect(messages[0]?.id).toBe(101)
})

test('reset forgets payments, messages, keys and switches', async () => {
  const shop = await openShop({ answerWebhook: () => 500 })
  const { prepayId } = await startPayment(shop, 1280, 'r1')
  await shop.switches({ scenario: 'refused', faults: [{ name: 'slow_answer', probability: 1 }] })
  await shop.tap(prepayId, 'pay')
  expect(await shop.send('POST', '/simulator/reset')).toMatchObject({
    status: 200,
    body: { scenario: null, faults: [] },
  })
  await shop.idle()
  expect(await shop.ledger()).toEqual([])
  expect(await shop.messages()).toEqual([])
  expect(await shop.tap(prepayId, 'pay')).toMatchObject({ status: 404 })
})

test('reset gives up a webhook that waits for its retry, and goes back to the clock on the wall', async () => {
  const shop = await openShop({ config: { speed: 1 }, answerWebhook: () => 500 })
  const start = Date.now()
  await shop.send('POST', '/simulator/webhooks', { merchantReference: 'forgotten' })
  const answers = async () => (await shop.messages()).filter(({ from }) => from === 'server').length
  await expect.poll(answers).toBe(1)
  await shop.forward(7 * 24 * 60 * 60_000 - 1)
  await expect.poll(answers).toBe(2)
  await shop.send('POST', '/simulator/reset')
  await shop.send('POST', '/simulator/webhooks', { merchantReference: 'next' })
  await expect.poll(() => shop.webhooks.at(-1)?.item.merchantReference).toBe('next')
  const [, , ...later] = shop.webhooks.map(({ item }) => item)
  expect(later.map(({ merchantReference }) => merchantReference)).toEqual(['next'])
  expect(Date.parse(later[0]?.eventDate ?? '') - start).toBeLessThan(60_000)
})

test('a request that a reset overtook keeps no answer for its key', async () => {
  const shop = await openShop({ config: { speed: 1 } })
  const openid = await shop.login()
  const slow = shop.checkout('/payments', paymentBody(openid, 1218, 'r1'), 'key-1')
  await expect.poll(() => shop.ledger()).toHaveLength(1)
  await shop.send('POST', '/simulator/reset')
  await slow
  await shop.checkout('/payments', paymentBody(openid, 1200, 'r2'), 'key-1')
  expect(await shop.ledger()).toMatchObject([{ merchantReference: 'r2' }])
})

test('a reader that read another process before gets everything', async () => {
  const shop = await openShop()
  await shop.login()
  const abort = new AbortController()
  const headers = { 'last-event-id': '5000' }
  const stream = await fetch(`${shop.url}/simulator/messages`, { headers, signal: abort.signal })
  const first = await stream.body?.pipeThrough(new TextDecoderStream()).getReader().read()
  expect(first?.value).toMatch(/^id: 1\n/)
  abort.abort()
})

test('a body too long to read is told by its length', async () => {
  const shop = await openShop()
  await shop.checkout('/payments', { merchantAccount: 'x'.repeat(30_000) })
  const [request] = await shop.messages()
  expect(request?.body).toBe('(30022 characters)')
})

function problems(): void {
  readConfig({ PORT: '-1', SIMULATOR_SPEED: '0', ADYEN_HMAC_KEYS: 'xyz' })
}

test('the configuration names every problem at once', () => {
  expect(problems).toThrow(ConfigError)
  for (const name of [
    'PORT is invalid: a whole number from 0 to 65535',
    'SIMULATOR_SPEED is invalid: a number greater than 0',
    'ADYEN_HMAC_KEYS is invalid: hex',
    'ADYEN_API_KEY is missing',
    'SIMULATOR_WEBHOOK_URL is missing',
    'WECHAT_APP_SECRET is missing',
  ])
    expect(problems).toThrow(name)
})
