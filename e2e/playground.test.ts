import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { describeInBrowser, test } from './fixtures.ts'
import type { Playground } from './playground.ts'
import type { Stage } from './stage.ts'

/** The line that says what to do now. */
const guide = ({ page }: Playground) => page.locator('.guide')

async function pays(stage: Stage): Promise<Playground> {
  const developer = await stage.visit({ size: { width: 1024, height: 768 } })
  await developer.checkOut(2)
  await developer.payAtCashier()
  await developer.reads('Payment received')
  return developer
}

describeInBrowser('A developer in the playground', () => {
  test('reads what to do, first, at the cashier and after it', async ({ stage }) => {
    const developer = await stage.visit()
    await expect.poll(() => guide(developer).innerText()).toMatch(/Tap \+ on a product.*any six digits/)
    await expect.poll(() => guide(developer).innerText()).toMatch(/Paid: Authorised, then an AUTHORISATION/)
    await developer.checkOut(2)
    await expect.poll(() => guide(developer).innerText()).toMatch(/Tap Pay, then enter any six digits/)
    await developer.payAtCashier()
    await expect.poll(() => guide(developer).innerText()).toMatch(/Tap a call to read it/)
  })

  test('reads where to cancel, in a scenario that needs it', async ({ stage }) => {
    const developer = await stage.visit({ scenario: 'late authorisation' })
    await developer.checkOut(2)
    await expect.poll(() => guide(developer).innerText()).toMatch(/Cancel here/)
  })

  test('reads in the documentation what runs here, finds a word in it, and asks no other server', async ({
    stage,
  }) => {
    const { page } = await stage.visit()
    const { origin } = new URL(page.url())
    const elsewhere: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith('data:'))
        elsewhere.push(request.url())
    })
    await page.getByRole('link', { name: 'What is this?' }).click()
    await page.getByRole('heading', { name: 'How the pieces talk' }).waitFor()
    await page.goto(`${origin}/docs/zh-cn/start.html`)
    await page.getByRole('button', { name: '搜索' }).click()
    await page.getByRole('searchbox').fill('退款')
    await page.getByRole('option', { name: /上线.*冒烟测试/ }).click()
    await page.getByRole('heading', { name: '6. 用自己的钱做冒烟测试' }).waitFor()
    expect(elsewhere).toEqual([])
  })

  test('opens the page in the scenario of its address, which follows each choice', async ({ stage }) => {
    const developer = await stage.visit()
    const { page } = developer
    await page.goto(`${stage.stack.playground.url}/?scenario=refused&language=en`)
    const scenario = page.getByRole('combobox', { name: 'Scenario' })
    await expect.poll(() => scenario.inputValue()).toBe('refused')
    await developer.checkOut(2)
    await developer.payAtCashier()
    await developer.reads('Payment declined')
    await developer.chooseNetwork('Offline')
    await expect.poll(() => page.url()).toMatch(/scenario=refused.*network=Offline/)
  })

  test('keeps its calls, its scenario and its phone over a reload', async ({ stage }) => {
    const developer = await pays(stage)
    await developer.chooseScenario('error')
    const paying = developer.messages(/Server to Adyen, request: POST \/payments$/)
    await paying.waitFor()
    await developer.page.reload()
    await paying.waitFor()
    expect(await paying.count()).toBe(1)
    await expect
      .poll(() => developer.page.getByRole('combobox', { name: 'Scenario' }).inputValue())
      .toBe('error')
    await developer.openTab('orders')
    await developer.reads('¥39.00')
  })

  test("sees the server's decisions and the phone's events between the calls", async ({ stage }) => {
    const developer = await pays(stage)
    await developer
      .messages(/Server, decision: stock of tea-jasmine: \d+ → \d+/)
      .first()
      .waitFor()
    // From `awaiting_shopper` or `processing`: the webhook and the phone's errMsg race.
    await developer
      .messages(/Server, decision: .*(awaiting_shopper|processing) → authorised/)
      .first()
      .waitFor()
    await developer.messages(/WeChat, event: the cashier opens/).waitFor()
    await developer.press('Kill app')
    await expect.poll(() => developer.messages(/Mini Program, event: killed/).count()).toBe(1)
  })

  test('reads a call: what it is, its answer, how long it took, and copies it', async ({ stage }) => {
    const developer = await pays(stage)
    const { page } = developer
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await developer.messages(/Server to Adyen, request: POST \/payments$/).click()
    const details = page.getByRole('region', { name: 'Message details' })
    await details.getByText(/answered after \d/).waitFor()
    await details.getByRole('link', { name: "Adyen's guide" }).waitFor()
    await details.getByRole('button', { name: 'Copy as curl' }).click()
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toMatch(/^curl -X POST 'http:\/\/127\.0\.0\.1:\d+\/v72\/payments'/)
    await details.getByRole('button', { name: 'Its answer' }).click()
    await details.getByRole('heading', { name: /^200/ }).waitFor()
  })

  test('searches the calls and saves them', async ({ stage }) => {
    const developer = await pays(stage)
    const { page } = developer
    const rows = page.getByRole('list', { name: /^Messages/ }).getByRole('button')
    await page.getByRole('searchbox', { name: 'Search calls' }).fill('jscode2session')
    // The answer does not name the call, and stands beside it.
    await expect.poll(() => rows.count()).toBe(2)
    const download = page.waitForEvent('download')
    await developer.press('Export HAR')
    const har: unknown = JSON.parse(await readFile(await (await download).path(), 'utf8'))
    expect(har).toMatchObject({ log: { version: '1.2' } })
    expect(JSON.stringify(har)).toContain('/v72/payments')
  })

  test('a call that never left the phone is drawn so', async ({ stage }) => {
    const developer = await stage.visit()
    await developer.chooseNetwork('Offline')
    await developer.openTab('orders')
    await developer
      .messages(/Mini Program to Server, request: .* \(never left\)/)
      .first()
      .waitFor()
    await developer.chooseNetwork('Slow (3 s)')
    await developer.openTab('home')
    await developer.openTab('orders')
    await developer
      .messages(/Mini Program to Server, request: /)
      .last()
      .waitFor()
    await developer.press('Kill app')
    await expect.poll(() => developer.page.locator('[data-travel="waiting"]').count()).toBe(0)
  })

  test('plays the merchant: refunds in part and whole, ships, and handles what needs attention', async ({
    stage,
  }) => {
    const developer = await pays(stage)
    const { page } = developer
    const merchant = page.getByRole('region', { name: 'Merchant' })
    await merchant.getByRole('button', { name: 'Ship' }).click()
    await developer.messages(/Server, event: merchant: ship ord_/).waitFor()
    await merchant.getByRole('button', { name: 'Refund ¥3.90' }).click()
    await developer.messages(/Adyen to Server, webhook request: webhook REFUND success=true/).waitFor()
    await merchant.getByRole('button', { name: 'Refund ¥35.10' }).click()
    await expect
      .poll(() => developer.messages(/Adyen to Server, webhook request: webhook REFUND success=true/).count())
      .toBe(2)
    await merchant.getByRole('button', { name: /^Attention/ }).click()
    await merchant.getByRole('list', { name: 'What needs attention' }).waitFor()
    await merchant.getByRole('button', { name: 'Send webhook again' }).click()
    await expect
      .poll(() => developer.messages(/Adyen to Server, webhook request: webhook REFUND success=true/).count())
      .toBe(3)
  })

  test('plays the merchant who declines a refund: the shopper reads why', async ({ stage }) => {
    const developer = await pays(stage)
    const merchant = developer.page.getByRole('region', { name: 'Merchant' })
    await developer.viewOrder()
    await developer.requestRefund()
    await developer.reads('The shop will decide on your request.')
    await merchant.getByRole('button', { name: /^Attention/ }).click()
    await merchant.getByRole('button', { name: 'Decline' }).first().click()
    await developer.messages(/Server, event: merchant: decline the refund of ord_/).waitFor()
    await developer.reads('The tea was opened.')
  })

  test('reads everything at 1024 px: nothing is wider than the page', async ({ stage }) => {
    const developer = await pays(stage)
    const width = await developer.page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBe(1024)
  })
})
