import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const environment = {
  PORT: '0',
  ADYEN_API_KEY: 'the-api-key',
  ADYEN_MERCHANT_ACCOUNT: 'TaelTest',
  ADYEN_HMAC_KEYS: 'AB12',
  ADYEN_WEBHOOK_USERNAME: 'the-user',
  ADYEN_WEBHOOK_PASSWORD: 'the-password',
  WECHAT_APP_ID: 'wx0123456789abcdef',
  WECHAT_APP_SECRET: 'the-app-secret',
  SIMULATOR_WEBHOOK_URL: 'http://127.0.0.1:9/webhooks/adyen',
  SIMULATOR_SEED: '42',
}

function start(env: Record<string, string>): { child: ChildProcessWithoutNullStreams; output: () => string } {
  const child = spawn(process.execPath, [main], { env })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, output: () => text }
}

test('it prints its seed and address, logs no secret, and stops on SIGTERM despite a connected reader', async () => {
  const { child, output } = start(environment)
  await expect.poll(output).toContain('"listening"')
  expect(output()).toContain('SEED=42')
  const url = /\{"listening":"([^"]+)"\}/.exec(output())?.[1] ?? ''
  const query = 'appid=wx0123456789abcdef&secret=the-app-secret&js_code=none&grant_type=authorization_code'
  expect(await (await fetch(`${url}/sns/jscode2session?${query}`)).json()).toMatchObject({ errcode: 40029 })
  const stream = await fetch(`${url}/simulator/messages`)
  const ended = stream.text().catch(() => 'cut')

  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
  await ended
  for (const secret of ['the-api-key', 'the-app-secret', 'the-password', 'AB12'])
    expect(output()).not.toContain(secret)
})

test('without a configuration it lists what is missing and exits', async () => {
  const { child, output } = start({})
  expect(await once(child, 'close')).toEqual([78, null])
  expect(output()).toContain('- ADYEN_API_KEY is missing: ')
  expect(output()).not.toContain('at readConfig')
})
