import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConfigError } from '@tael/config'
import { readConfig } from '../src/config.ts'
import { faults } from '../src/faults.ts'
import { scenarios } from '../src/scenarios.ts'
import { openShop, paymentBody, sendDetails, startPayment } from './merchant.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The rows of the README's table under a heading. */
function tableUnder(heading: string): string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) => line.slice(2, -2).split(' | '))
}

test('the README repeats the table of scenarios', () => {
  const rows = scenarios.map(({ digits, name, description }) => [digits, `\`${name}\``, description])
  expect(tableUnder('Scenarios')).toEqual(rows)
})

test('the README repeats the table of faults', () => {
  expect(tableUnder('Faults')).toEqual(Object.entries(faults).map(([name, text]) => [`\`${name}\``, text]))
})

test('every scenario has two digits of its own, which no ordinary price ends in', () => {
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
  const cancels = /^(late_authorisation|cancel_\w+)$/
  expect((await shop.send('GET', '/simulator/scenarios')).body).toEqual({
    scenarios: scenarios.map(({ name, digits, description }) => ({
      name,
      digits,
      description,
      shopper: cancels.test(name) ? 'cancels' : 'pays',
    })),
    faults: Object.entries(faults).map(([name, description]) => ({ name, description })),
  })
})

test.each([
  [{ scenario: 'nonsense' }, 'Unknown scenario: nonsense'],
  [{ faults: [{ name: 'nonsense', probability: 1 }] }, 'Unknown fault: nonsense'],
  [{ faults: [{ name: 'lost_answer', probability: 2 }] }, 'body/faults/0/probability must be <= 1'],
])('switches %j are refused and change nothing', async (switches, error) => {
  const shop = await openShop()
  expect(await shop.setSwitches(switches)).toMatchObject({ status: 400, body: { error } })
  expect((await shop.send('GET', '/simulator/scenario')).body).toEqual({
    scenario: null,
    faults: [],
    seed: 1,
  })
})

/** The statuses of forty calls under faults with this seed. */
async function answersUnder(seed: number): Promise<number[]> {
  const shop = await openShop({ config: { seed } })
  await shop.setSwitches({
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

test('the same seed hits the same calls, another seed others', async () => {
  const first = await answersUnder(7)
  expect(new Set(first)).toEqual(new Set([200, 429, 500]))
  expect(await answersUnder(7)).toEqual(first)
  expect(await answersUnder(8)).not.toEqual(first)
})

test('webhook faults deliver a webhook twice, or lose it on the way', async () => {
  const shop = await openShop()
  await shop.setSwitches({ faults: [{ name: 'webhook_duplicate', probability: 1 }] })
  await shop.send('POST', '/simulator/webhooks', {})
  await shop.waitUntilIdle()
  expect(shop.webhooks).toHaveLength(2)
  await shop.setSwitches({ faults: [{ name: 'webhook_lost', probability: 1 }] })
  await shop.send('POST', '/simulator/webhooks', {})
  await expect
    .poll(
      async () =>
        (await shop.callLog()).filter(({ label }) => label === 'no answer (lost on the way)').length,
    )
    .toBeGreaterThan(0)
})

test('the log shows every call of a payment in order, without secrets', async () => {
  const shop = await openShop({ config: { speed: 1 } })
  const { parameters, prepayId, paymentData } = await startPayment(shop, 1280, 'r1')
  await shop.openCashier(parameters)
  await shop.tap(prepayId, 'pay')
  await sendDetails(shop, paymentData, 'requestPayment:ok', 'key-d')
  await shop.forward(1_000)
  await shop.waitUntilIdle()
  const entries = await shop.callLog()
  const lines = entries
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
  const answers = entries.filter(({ kind }) => kind === 'answer').map(({ call }) => call)
  expect(answers.toSorted((one, two) => one - two)).toEqual(lines.map((_, index) => index + 1))
  const text = JSON.stringify(entries)
  expect(text).not.toContain('test-api-key')
  expect(text).not.toContain('app-secret')
  expect(text).not.toContain(Buffer.from('webhook-user:webhook-password').toString('base64'))
  expect(text).toContain('"session_key":"***"')
  expect(text).toContain(paymentData)
})

test('the log streams to a reader, past entries first', async () => {
  const shop = await openShop()
  await shop.login()
  const abort = new AbortController()
  const stream = await fetch(`${shop.url}/simulator/messages`, { signal: abort.signal })
  expect(stream.headers.get('content-type')).toBe('text/event-stream')
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const readUntil = async (expected: string): Promise<void> => {
    while (!text.includes(expected)) text += (await reader?.read())?.value ?? ''
  }
  await readUntil('GET /sns/jscode2session')
  await shop.checkout('/payments', paymentBody('nobody', 1280, 'r1'))
  await readUntil('422 000')
  expect(text.indexOf('wx.login')).toBeLessThan(text.indexOf('POST /payments'))
  expect(text).toMatch(/^id: 1\ndata: \{"id":1,.*\}\n\nid: 2\n/)
  abort.abort()
})

test('the log drops the oldest of more than 2,000 entries', async () => {
  const shop = await openShop()
  for (let call = 0; call < 1_050; call += 1) await shop.code()
  const entries = await shop.callLog()
  expect(entries).toHaveLength(2_000)
  expect(entries[0]?.id).toBe(101)
})

test('reset clears payments, log, keys and switches', async () => {
  const shop = await openShop({ answerWebhook: () => 500 })
  const { prepayId } = await startPayment(shop, 1280, 'r1')
  await shop.setSwitches({ scenario: 'refused', faults: [{ name: 'slow_answer', probability: 1 }] })
  await shop.tap(prepayId, 'pay')
  expect(await shop.send('POST', '/simulator/reset')).toMatchObject({
    status: 200,
    body: { scenario: null, faults: [] },
  })
  await shop.waitUntilIdle()
  expect(await shop.ledger()).toEqual([])
  expect(await shop.callLog()).toEqual([])
  expect(await shop.tap(prepayId, 'pay')).toMatchObject({ status: 404 })
})

test('reset drops a webhook that waits for its retry, and returns to real time', async () => {
  const shop = await openShop({ config: { speed: 1 }, answerWebhook: () => 500 })
  const start = Date.now()
  await shop.send('POST', '/simulator/webhooks', { merchantReference: 'forgotten' })
  const answers = async () => (await shop.callLog()).filter(({ from }) => from === 'server').length
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

test('a request in progress during a reset stores no answer for its key', async () => {
  const shop = await openShop({ config: { speed: 1 } })
  const openid = await shop.login()
  const slow = shop.checkout('/payments', paymentBody(openid, 1218, 'r1'), 'key-1')
  await expect.poll(() => shop.ledger()).toHaveLength(1)
  await shop.send('POST', '/simulator/reset')
  await slow
  await shop.checkout('/payments', paymentBody(openid, 1200, 'r2'), 'key-1')
  expect(await shop.ledger()).toMatchObject([{ merchantReference: 'r2' }])
})

test('a reader of an earlier process gets every entry', async () => {
  const shop = await openShop()
  await shop.login()
  const abort = new AbortController()
  const headers = { 'last-event-id': '5000' }
  const stream = await fetch(`${shop.url}/simulator/messages`, { headers, signal: abort.signal })
  const first = await stream.body?.pipeThrough(new TextDecoderStream()).getReader().read()
  expect(first?.value).toMatch(/^id: 1\n/)
  abort.abort()
})

test('the log is read from a time on', async () => {
  const shop = await openShop()
  await shop.login()
  const log = await shop.callLog()
  const times = log.map(({ at }) => Date.parse(at))
  const time = Math.max(...times)
  const from = async (since: number): Promise<unknown> =>
    (await shop.send('GET', `/simulator/messages?since=${since}`)).body
  expect(await from(time)).toMatchObject({ messages: log.filter((_, index) => times[index] === time) })
  expect(await from(time + 1)).toEqual({ messages: [] })
})

test('the log replaces a long body by its length', async () => {
  const shop = await openShop()
  await shop.checkout('/payments', { merchantAccount: 'x'.repeat(30_000) })
  const [request] = await shop.callLog()
  expect(request?.body).toBe('(30022 characters)')
})

function problems(): void {
  readConfig({ PORT: '-1', SIMULATOR_SPEED: '0', ADYEN_HMAC_KEYS: 'xyz' })
}

test('the configuration error lists every problem', () => {
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
