import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildHostedProgram } from '@tael/miniprogram-host/build'
import { buildApp } from '@tael/playground/app'
import { credentials, startStack } from '@tael/stack'
import { launchBrowser } from '@tael/stack/browser'
import type { FastifyInstance } from 'fastify'
import type { Browser, Locator } from 'playwright-core'
import type { Options } from '../options.ts'
import { atMost, times } from '../results/goals.ts'
import type { Figures } from '../results/report.ts'
import { interleave, showSpread, spreadOf } from '../results/rounds.ts'
import { CPU_SLOWDOWN, openThrottledPhone, type SetDataBytes, type ThrottledPhone } from './phone.ts'

const playgroundDist = fileURLToPath(new URL('../../../apps/playground/dist', import.meta.url))
const docs = fileURLToPath(new URL('../../../docs/dist', import.meta.url))
const emptyProgram = fileURLToPath(new URL('../../empty-program', import.meta.url))
const GOODS = 'In stock'
const EMPTY = 'An empty page'
const PAID = 'Payment received'
const CONFIRMING = 'Confirming your payment'

const EMPTY_PROGRAM = "from the phone's first byte to an empty Mini Program in the same host"
const FIRST_GOODS = "from the phone's first byte to the goods"
const CONFIRMED = 'from Done in the cashier to the words of the result page, without network'

/** What a shopper waits for, in the playground on a slow processor, beside an empty Mini Program in the same host. */
export async function measureFeltSpeed({ rounds }: Options): Promise<Figures> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-bench-'))
  // Run as root, PostgreSQL has its own user, which must be able to enter the folder.
  await chmod(folder, 0o755)
  const stack = await startStack({ server: { DATA_DIR: path.join(folder, 'data') } })
  const browser = await launchBrowser()
  const apps: FastifyInstance[] = []
  const serve = async (dist: string): Promise<string> => {
    const app = await buildApp(
      {
        port: 0,
        serverUrl: stack.server.url,
        simulatorUrl: stack.simulator.url,
        wechatAppId: credentials.WECHAT_APP_ID,
        operators: undefined,
        shop: undefined,
      },
      { dist, docs },
    )
    apps.push(app)
    return `${await app.listen({ host: '127.0.0.1', port: 0 })}/?language=en&theme=light`
  }
  try {
    const shop = await serve(playgroundDist)
    const empty = await serve(await withEmptyProgram(path.join(folder, 'empty')))
    const measured = await interleave(rounds, [
      { name: EMPTY_PROGRAM, measure: () => open(browser, empty, EMPTY) },
      { name: FIRST_GOODS, measure: () => open(browser, shop, GOODS) },
      { name: CONFIRMED, measure: () => payOffline(browser, shop) },
    ])
    return figuresOf(measured, await buy(browser, shop))
  } finally {
    await browser.close()
    for (const app of apps) await app.close()
    await stack.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function figuresOf(measured: ReadonlyMap<string, readonly number[]>, bytes: SetDataBytes): Figures {
  const median = (name: string): number => spreadOf(measured.get(name) ?? []).median
  return {
    how: `What a shopper waits for in the playground, in a browser with ${CPU_SLOWDOWN} × CPU throttling.`,
    tables: [
      {
        columns: ['wait', 'ms'],
        rows: [...measured].map(([name, ms]) => [name, showSpread(spreadOf(ms))]),
      },
      {
        columns: ['sent to the pages by setData in one purchase', 'bytes'],
        rows: [
          ['what changed', String(bytes.sent)],
          ["all of the pages' data each time", String(bytes.whole)],
        ],
      },
    ],
    goals: [
      atMost(
        'the goods: at most 1.5 × the empty Mini Program',
        1.5,
        median(FIRST_GOODS) / median(EMPTY_PROGRAM),
        times,
      ),
      atMost('the words: at most 100 ms', 100, median(CONFIRMED), (ms) => `${ms.toFixed(0)} ms`),
    ],
  }
}

/** The playground with an empty Mini Program in its phone, under this folder. Returns the folder. */
async function withEmptyProgram(folder: string): Promise<string> {
  await cp(playgroundDist, folder, { recursive: true })
  await buildHostedProgram({ programDir: emptyProgram, outDir: path.join(folder, 'phone') })
  return folder
}

/** Milliseconds from the start of the phone's page until these words are drawn. */
async function open(browser: Browser, url: string, words: string): Promise<number> {
  const phone = await openThrottledPhone(browser, url, words)
  const { sinceStart } = await phone.shown
  await phone.close()
  return sinceStart
}

/** The bytes that setData passes to pages in one purchase. */
async function buy(browser: Browser, url: string): Promise<SetDataBytes> {
  const phone = await openThrottledPhone(browser, url, PAID, true)
  await goToDone(phone)
  await doneButton(phone).click()
  await phone.shown
  const bytes = await phone.setDataBytes()
  await phone.close()
  return bytes
}

/** From the shop to the last button of the cashier, after the payment. */
async function goToDone(phone: ThrottledPhone): Promise<void> {
  const tap = (name: string | RegExp) => phone.frame.getByRole('button', { name }).first().click()
  await tap(/^Add one: /)
  await tap(/Cart/)
  await tap('WeChat Pay')
  const cashier = cashierOf(phone)
  await cashier.getByRole('button', { name: 'Pay', exact: true }).click()
  for (const digit of '123456') await cashier.getByRole('button', { name: digit, exact: true }).click()
  await doneButton(phone).waitFor()
}

function cashierOf({ page }: ThrottledPhone): Locator {
  return page.getByRole('dialog', { name: 'WeChat Pay' })
}

function doneButton(phone: ThrottledPhone): Locator {
  return cashierOf(phone).getByRole('button', { name: 'Done', exact: true })
}

/** Milliseconds from the tap on Done until the result page says that it is confirming, with no network. */
async function payOffline(browser: Browser, url: string): Promise<number> {
  const phone = await openThrottledPhone(browser, url, CONFIRMING)
  await goToDone(phone)
  await phone.page.getByRole('combobox', { name: 'Network' }).selectOption({ label: 'Offline' })
  const done = doneButton(phone)
  const tapped = done.evaluate(
    (button) =>
      new Promise<number>((resolve) => {
        button.addEventListener('click', () => resolve(performance.timeOrigin + performance.now()), {
          capture: true,
          once: true,
        })
      }),
  )
  await done.click()
  const ms = (await phone.shown).at - (await tapped)
  await phone.close()
  return ms
}
