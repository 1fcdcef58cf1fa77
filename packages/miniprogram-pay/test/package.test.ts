import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { BYTES_MAX, buildPackage } from '../build/package.ts'
import type { PayableOrder, TaelPay, TaelPayOptions } from '../src/tael-pay.ts'
import { openPhone, problemAnswer, SERVER } from './phone.ts'

const root = path.dirname(import.meta.dirname)
let output = ''
let sizes: ReadonlyMap<string, number>

beforeAll(async () => {
  output = await mkdtemp(path.join(tmpdir(), 'miniprogram-pay-'))
  sizes = await buildPackage(root, output)
})
afterAll(() => rm(output, { recursive: true }))
afterEach(() => {
  vi.unstubAllGlobals()
})

interface BuiltEntry {
  readonly createTaelPay: (options: TaelPayOptions) => TaelPay
  readonly isExpected: (error: unknown) => boolean
  readonly formatAmount: (amount: PayableOrder['amount']) => string
}

const Manifest = Type.Object({
  name: Type.String(),
  type: Type.String(),
  publishConfig: Type.Object({ exports: Type.Unknown() }),
})

interface Example {
  readonly taelPay: TaelPay
  readonly onPay: (createOrder: () => Promise<PayableOrder>) => Promise<void>
  readonly showPayment: (paymentId: string, setData: (data: object) => void) => () => void
}

interface BuiltCashier {
  readonly simulatedWeChat: (options: { simulator: string }) => { login: () => Promise<string> }
}

const forms = {
  dist: (entry: string) => import(pathToFileURL(path.join(output, 'dist', `${entry}.js`)).href),
  miniprogram_dist: (entry: string) =>
    createRequire(import.meta.url)(path.join(output, 'miniprogram_dist', `${entry}.js`)),
} as const

describe.each(['dist', 'miniprogram_dist'] as const)('the built package in %s', (folder) => {
  test('has at most 30 KB of script', () => {
    expect(sizes.get(folder)).toBeGreaterThan(10 * 1024)
    expect(sizes.get(folder)).toBeLessThanOrEqual(BYTES_MAX)
  })

  test('names no other package, in its scripts and its types', async () => {
    for (const file of await readdir(path.join(output, folder))) {
      const text = await readFile(path.join(output, folder, file), 'utf8')
      const imported = [...text.matchAll(/(?:from|require\(|import\()\s*["'`]([^"'`]+)/g)].map(
        ([, name]) => name,
      )
      expect(imported.filter((name) => name?.startsWith('./') !== true)).toEqual([])
    }
  })

  test('pays', async () => {
    const phone = openPhone()
    const { createTaelPay }: BuiltEntry = await forms[folder]('index')
    const pay = createTaelPay({ server: SERVER, confirmAmount: async () => false, storagePrefix: 'pay.' })
    const shown: string[] = []
    const order = { orderId: 'ord_1', amount: { currency: 'CNY', value: 128_005 } } as const
    phone.storage.set('pay.session', phone.storage.get('tael.session'))
    expect(await pay.pay(order, (paymentId) => shown.push(paymentId))).toBe('shown')
    expect(shown).toEqual(['pay_1'])
    expect(phone.names()).toContain('requestPayment')
    expect(pay.storedAttempt()).toMatchObject({ paymentId: 'pay_1', errMsg: 'requestPayment:ok' })
  })

  test('formats an amount with the decimals of its currency', async () => {
    const { formatAmount }: BuiltEntry = await forms[folder]('index')
    expect(formatAmount({ currency: 'CNY', value: 128_005 })).toBe('¥1,280.05')
    expect(formatAmount({ currency: 'JPY', value: 1_280 })).toBe('JP¥1,280')
  })

  test('knows the errors of its second entry', async () => {
    const phone = openPhone()
    const { isExpected }: BuiltEntry = await forms[folder]('index')
    const { simulatedWeChat }: BuiltCashier = await forms[folder]('simulated-cashier')
    phone.answer = () => 'lost'
    const failed = await simulatedWeChat({ simulator: SERVER })
      .login()
      .catch((error: unknown) => error)
    expect(isExpected(failed)).toBe(true)
  })
})

describe('the readme', () => {
  let project = ''

  /** The examples of the readme, in a project that has this package only. */
  beforeAll(async () => {
    const manifest: unknown = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
    const { name, type, publishConfig } = Parse(Manifest, manifest)
    await writeFile(path.join(output, 'package.json'), JSON.stringify({ name, type, ...publishConfig }))
    project = path.join(output, 'project')
    await mkdir(path.join(project, 'node_modules', '@tael'), { recursive: true })
    await symlink(output, path.join(project, 'node_modules', name))
    await writeFile(path.join(project, 'package.json'), '{ "type": "module" }')
    const readme = await readFile(path.join(root, 'README.md'), 'utf8')
    const [first = '', second = ''] = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(
      ([, code = '']) => code,
    )
    await writeFile(path.join(project, 'example.ts'), first)
    await writeFile(path.join(project, 'simulated.ts'), second)
    const wx = `declare namespace wx {
  function showModal(options: { title: string; content: string }): Promise<{ confirm: boolean }>
  function redirectTo(options: { url: string }): Promise<unknown>
}`
    await writeFile(path.join(project, 'wx.d.ts'), wx)
  })

  test('has examples that compile, strictly and with no other package', async () => {
    const options = [
      '--ignoreConfig',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noEmit',
      '--lib',
      'es2018',
    ]
    const files = ['example.ts', 'simulated.ts', 'wx.d.ts']
    const tsc = path.join(root, 'node_modules', '.bin', 'tsc')
    const args = [...options, '--module', 'nodenext', '--types', '', ...files]
    const compiled = await promisify(execFile)(tsc, args, { cwd: project }).catch((error: unknown) => error)
    expect(compiled).toMatchObject({ stdout: '' })
  })

  test('has an example that pays', async () => {
    const phone = openPhone()
    const example: Example = await import(pathToFileURL(path.join(project, 'example.ts')).href)
    const { answer } = phone
    phone.answer = (call) => answer(call.replace('https://tael.shop.example', ''))
    await example.onPay(async () => ({ orderId: 'ord_1', amount: { currency: 'CNY', value: 128_005 } }))
    expect(phone.names()).toContain('requestPayment')
    expect(phone.names().at(-1)).toBe('redirectTo /pages/result/result?id=pay_1')
    const shown = await new Promise<object>((resolve) => {
      const stop = example.showPayment('pay_1', (data) => {
        stop()
        resolve(data)
      })
    })
    expect(shown).toEqual({ text: 'paid' })
    expect(phone.names()).toContain('POST https://tael.shop.example/payments/details')
  })

  test('has an example that asks about another amount in its own currency', async () => {
    const phone = openPhone()
    const example: Example = await import(pathToFileURL(path.join(project, 'example.ts')).href)
    const changed = { currency: 'JPY', value: 1_300 } as const
    phone.confirm = false
    phone.answer = () => problemAnswer('amount_changed', { amount: changed })
    await example.onPay(async () => ({ orderId: 'ord_1', amount: { currency: 'JPY', value: 1_280 } }))
    const asked = phone.events.filter(({ what }) => what === 'showModal').map(({ body }) => body)
    expect(asked).toEqual([{ title: 'The price has changed', content: 'JP¥1,280 → JP¥1,300' }])
  })

  test('has an example of the simulated cashier that a phone in development runs', async () => {
    openPhone()
    const { taelPay }: Example = await import(pathToFileURL(path.join(project, 'simulated.ts')).href)
    expect(taelPay.isPaying()).toBe(false)
  })
})
