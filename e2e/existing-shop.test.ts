import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Stack, startStack } from '@tael/stack'
import { missingBrowser, openSite, type Site } from '@tael/stack/browser'
import { EVENTS_PATH, type ExistingShop, installExistingShop } from '@tael/stack/existing-shop'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Playground } from './playground.ts'

let existingShop: ExistingShop
let stack: Stack
const closers: (() => Promise<void>)[] = []

/** Rows of the shop's own database. */
function rowsOf(query: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path.join(existingShop.folder, 'shop.db'), { readOnly: true })
  try {
    return database.prepare(query).all()
  } finally {
    database.close()
  }
}

const shopUrl = (): string => stack.shop?.url ?? ''

/** Creates an order on the shop's own server. Returns its reference. */
async function order(): Promise<string> {
  const answer = await fetch(`${shopUrl()}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ product: 'notebook' }),
  })
  expect(answer.status).toBe(201)
  return String(rowsOf('select reference from orders order by rowid').at(-1)?.['reference'])
}

/** Delivers an event of Tael's, signed with this secret. Returns the status of the answer. */
async function deliver(
  id: string,
  version: number,
  data: { readonly reference: string; readonly status: string },
  secret = existingShop.secret,
): Promise<number> {
  const at = new Date()
  const body = JSON.stringify({
    id,
    type: `order.${data.status}`,
    timestamp: at.toISOString(),
    version,
    data,
  })
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
  return (await fetch(shopUrl() + EVENTS_PATH, { method: 'POST', headers, body })).status
}

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-existing-shop-'))
  closers.unshift(() => rm(folder, { recursive: true, force: true }))
  // As root, PostgreSQL runs as another user, who must be able to read its folder.
  await chmod(folder, 0o755)
  existingShop = await installExistingShop(path.join(folder, 'shop'))
  stack = await startStack({ server: { DATA_DIR: path.join(folder, 'postgres') }, existingShop })
  closers.unshift(() => stack.stop())
})

afterAll(async () => {
  for (const close of closers) await close()
})

test('an event makes an order paid and shipped once, and an older one changes nothing', async () => {
  const reference = await order()
  const shipments = `select count(*) as count from shipments where reference = '${reference}'`
  const status = `select status from orders where reference = '${reference}'`
  expect(await deliver('evt_paid', 3, { reference, status: 'paid' })).toBe(204)
  expect(await deliver('evt_paid', 3, { reference, status: 'paid' })).toBe(204)
  expect(await deliver('evt_paid_again', 4, { reference, status: 'paid' })).toBe(204)
  expect(await deliver('evt_late', 2, { reference, status: 'expired' })).toBe(204)
  expect(rowsOf(status)).toEqual([{ status: 'paid' }])
  expect(rowsOf(shipments)).toEqual([{ count: 1 }])
})

test('an event that Tael did not sign is refused and changes nothing', async () => {
  const reference = await order()
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  expect(await deliver('evt_forged', 9, { reference, status: 'paid' }, secret)).toBe(401)
  expect(rowsOf(`select status from orders where reference = '${reference}'`)).toEqual([{ status: 'open' }])
})

const missing = missingBrowser()
describe.skipIf(missing)(`In the playground${missing === undefined ? '' : `, skipped: ${missing}`}`, () => {
  let site: Site
  beforeAll(async () => {
    site = await openSite(`${stack.playground.url}/style.css`, { reducedMotion: 'reduce' })
    return () => site.close()
  })

  async function visit(): Promise<Playground> {
    const page = await site.newVisitor()
    onTestFinished(() => page.close())
    await page.setViewportSize({ width: 1400, height: 950 })
    const playground = new Playground(page, 'English')
    await page.goto(`${stack.playground.url}/?language=en&theme=light&scenario=paid`)
    return playground
  }

  test('a shopper pays, the phone is killed, and the shop ships because of the event, once', async () => {
    const shopper = await visit()
    await shopper.button('Buy Notebook').click()
    await expect.poll(() => shopper.messages(`request: POST ${shopUrl()}/orders`).count()).toBe(1)
    await shopper.button('Pay ¥12.80').click()
    await shopper.enterPassword()
    await shopper.press('Kill app')

    const newest = 'select reference, status from orders order by rowid desc limit 1'
    await expect.poll(() => rowsOf(newest)[0]?.['status']).toBe('paid')
    const reference = String(rowsOf(newest)[0]?.['reference'])
    const shipments = `select count(*) as count from shipments where reference = '${reference}'`
    expect(rowsOf(shipments)).toEqual([{ count: 1 }])

    await shopper.press('Reopen app')
    await shopper.reads('Order: paid')
    expect(rowsOf(shipments)).toEqual([{ count: 1 }])
  })

  test('a shopper cancels the cashier and pays the same order then', async () => {
    const shopper = await visit()
    await shopper.button('Buy Box of pencils').click()
    await shopper.button('Pay ¥6.60').click()
    await shopper.cancelAtCashier()
    await shopper.reads('Payment: cancelled')
    await shopper.button('Pay ¥6.60').click()
    await shopper.payAtCashier()
    await shopper.reads('Order: paid')
    await shopper.reads('Payment: authorised')
    expect(await shopper.page.locator('#notice').innerText()).toBe('')
  })
})
