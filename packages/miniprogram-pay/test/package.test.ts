import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { BYTES_MAX, buildPackage } from '../build/package.ts'
import type { TaelPay, TaelPayOptions } from '../src/tael-pay.ts'
import { openPhone, SERVER } from './phone.ts'

const root = path.dirname(import.meta.dirname)
let output = ''
let sizes: ReadonlyMap<string, number>

beforeAll(async () => {
  const parent = path.join(root, 'node_modules', '.tael')
  await mkdir(parent, { recursive: true })
  output = await mkdtemp(path.join(parent, 'package-'))
  sizes = await buildPackage(root, output)
})
afterAll(() => rm(output, { recursive: true }))
afterEach(() => {
  vi.unstubAllGlobals()
})

interface BuiltEntry {
  readonly createTaelPay: (options: TaelPayOptions) => TaelPay
  readonly isExpected: (error: unknown) => boolean
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

test('the types compile in a strict project that has no other package', async () => {
  const program = `import { createTaelPay, type TaelPay } from './dist/index.js'
import { simulatedWeChat } from './dist/simulated-cashier.js'
export const pay: TaelPay = createTaelPay({
  server: 'https://shop.example',
  confirmAmount: async (shown, changed) => shown.value >= changed.value,
  ...simulatedWeChat({ simulator: 'http://127.0.0.1:8800' }),
})
void pay.pay({ orderId: 'o', amount: { currency: 'CNY', value: 1 } }, () => {}).then((result) => result === 'shown')
// @ts-expect-error: an amount in no currency
void pay.pay({ orderId: 'o', amount: { currency: 'XXX', value: 1 } }, () => {})
void pay.watchPayment('p', { onPayment: ({ outcome }) => void outcome.final }, () => true)
`
  await writeFile(path.join(output, 'program.ts'), program)
  const options = [
    '--ignoreConfig',
    '--strict',
    '--noEmit',
    '--lib',
    'es2018',
    '--module',
    'nodenext',
    '--types',
    '',
  ]
  const tsc = path.join(root, 'node_modules', '.bin', 'tsc')
  const compiled = promisify(execFile)(tsc, [...options, 'program.ts'], { cwd: output })
  await expect(compiled.catch((error: { stdout: string }) => error.stdout)).resolves.toMatchObject({
    stdout: '',
  })
})
