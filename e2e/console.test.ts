import { randomUUID } from 'node:crypto'
import { operatorRoutes, type Payment } from '@tael/contracts'
import type { Page } from 'playwright-core'
import { expect, test as base } from 'vitest'
import { barriersOf, ConsoleStage } from './console-stage.ts'
import { describeInBrowser } from './fixtures.ts'
import { pictureFile } from './looks.ts'

// oxlint-disable-next-line no-empty-pattern -- Vitest reads in this pattern which fixtures this one needs.
const test = base.extend('stage', { scope: 'file' }, async ({}, { onCleanup }) => {
  const stage = await ConsoleStage.open()
  onCleanup(() => stage.close())
  return stage
})

async function cheapest(stage: ConsoleStage): Promise<string> {
  const products = await stage.shop.products()
  return products.toSorted((one, other) => one.price.value - other.price.value)[0]?.id ?? ''
}

/** A new shopper's paid order. */
async function buy(stage: ConsoleStage): Promise<Payment> {
  const shopper = await stage.shop.shopper(randomUUID())
  const payment = await shopper.buy(await cheapest(stage))
  await stage.shop.waitForAdyen()
  return payment
}

async function search(page: Page, reference: string): Promise<void> {
  await page.keyboard.press('/')
  await page.getByRole('searchbox').fill(reference)
  await page.keyboard.press('Enter')
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

describeInBrowser('the console', () => {
  test('an order is found by each kind of reference with one search', async ({ stage }) => {
    const payment = await buy(stage)
    const operator = await stage.operator('admin')
    await operator(operatorRoutes.createRefund, {
      params: { paymentId: payment.id },
      body: { amount: { ...payment.amount, value: 100 }, reason: 'goodwill' },
      idempotencyKey: randomUUID(),
    })
    const readOrder = () => operator(operatorRoutes.getOrderRecord, { params: { orderId: payment.orderId } })
    await expect.poll(async () => (await readOrder()).payments[0]?.refunds[0]?.status).toBe('refunded')
    const order = await readOrder()
    const [record] = order.payments
    const [refund] = record?.refunds ?? []
    const page = await stage.signIn('viewer')
    for (const reference of [
      order.id,
      order.number,
      payment.id,
      record?.pspReference,
      refund?.id,
      refund?.pspReference,
      order.shopperId,
    ]) {
      await page.goto(`${stage.stack.server.operatorsUrl}/console/orders`)
      await heading(page, 'Orders').waitFor()
      await search(page, reference ?? 'missing')
      await heading(page, `Order ${order.number}`).waitFor()
    }
    await search(page, 'pay_of_nobody')
    await page.getByText('Nothing has this reference').waitFor()
  })

  test('a payment is refunded in part after its amount was repeated, and the page shows it by itself', async ({
    stage,
  }) => {
    const payment = await buy(stage)
    const page = await stage.signIn('refunder', `/orders/${payment.orderId}`)
    await page.getByRole('button', { name: 'Refund', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Amount to refund').fill('12.34')
    await dialog.getByRole('button', { name: 'Review' }).click()
    await dialog.getByText('Refund ¥12.34 CNY of order').waitFor()
    await dialog.getByRole('button', { name: 'Refund ¥12.34 CNY' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('Refunded', { exact: true }).first().waitFor()
    const operator = await stage.operator('viewer')
    const { payments } = await operator(operatorRoutes.getOrderRecord, {
      params: { orderId: payment.orderId },
    })
    expect(payments[0]?.refunds).toMatchObject([{ amount: { value: 1234 }, status: 'refunded' }])
    // More than is left is refused before it is sent.
    await page.getByRole('button', { name: 'Refund', exact: true }).click()
    await dialog.getByLabel('Amount to refund').fill('999999')
    expect(await dialog.getByRole('button', { name: 'Review' }).isDisabled()).toBe(true)
  })

  test('a refund that failed is seen, and made again', async ({ stage }) => {
    const payment = await buy(stage)
    const operator = await stage.operator('admin')
    await operator(operatorRoutes.createRefund, {
      params: { paymentId: payment.id },
      body: { amount: payment.amount, reason: 'returned_goods' },
      idempotencyKey: randomUUID(),
    })
    const refundOf = async () =>
      (await operator(operatorRoutes.getPaymentRecord, { params: { paymentId: payment.id } })).refunds[0]
    await expect.poll(refundOf).toMatchObject({ status: 'refunded' })
    await stage.shop.deliver({
      eventCode: 'REFUND_FAILED',
      pspReference: (await refundOf())?.pspReference ?? '',
      merchantReference: payment.id,
      amount: payment.amount,
      reason: 'account closed',
    })
    const page = await stage.signIn('refunder', '/attention?kind=refund_failed')
    const item = page.getByRole('listitem').filter({ hasText: 'was not refunded' })
    await item.getByRole('link', { name: 'Open the order' }).click()
    await page.getByRole('button', { name: 'Refund again' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Review' }).click()
    await dialog.getByRole('button', { name: /^Refund ¥/ }).click()
    await dialog.waitFor({ state: 'detached' })
    await expect
      .poll(
        async () =>
          (await operator(operatorRoutes.getPaymentRecord, { params: { paymentId: payment.id } })).refunds,
      )
      .toHaveLength(2)
  })

  test('a requested refund is declined, and its item handled', async ({ stage }) => {
    const shopper = await stage.shop.shopper(randomUUID())
    const payment = await shopper.buy(await cheapest(stage))
    await shopper.requestRefund(payment.orderId)
    const page = await stage.signIn('refunder', `/orders/${payment.orderId}`)
    await page.getByRole('button', { name: 'Decline the request' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('The tea was opened.')
    await dialog.getByRole('button', { name: 'Decline', exact: true }).click()
    await page.getByText(/The refund was declined on .*: The tea was opened\./).waitFor()
    expect(await page.getByRole('button', { name: 'Decline the request' }).count()).toBe(0)
  })

  test('a chargeback is shown, and handled with a note', async ({ stage }) => {
    const payment = await buy(stage)
    await stage.shop.deliver({
      eventCode: 'CHARGEBACK',
      merchantReference: payment.id,
      amount: payment.amount,
      reason: 'not received by shopper',
    })
    const page = await stage.signIn('support', '/attention?kind=payment_reversed')
    const item = page.getByRole('listitem').filter({ hasText: 'CHARGEBACK' })
    await item.getByRole('button', { name: 'Mark as handled' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What was done').fill('The shopper was called.')
    await dialog.getByRole('button', { name: 'Mark as handled' }).click()
    await item.waitFor({ state: 'detached' })
    const operator = await stage.operator('viewer')
    const { items } = await operator(operatorRoutes.listAttention, { query: { kind: 'payment_reversed' } })
    expect(items).toEqual([])
  })

  test('a webhook item is opened and replayed', async ({ stage }) => {
    const payment = await buy(stage)
    const page = await stage.signIn('support', `/orders/${payment.orderId}`)
    await page
      .getByRole('link', { name: /^Item \d+$/ })
      .first()
      .click()
    await heading(page, /^Item \d+$/).waitFor()
    await page.getByRole('button', { name: 'Replay' }).click()
    await page.getByText('Replayed: Applied.').waitFor()
    expect(await page.getByText('Values that Adyen sent').count()).toBe(1)
  })

  test('a paid order is shipped from the list of those that wait', async ({ stage }) => {
    const payment = await buy(stage)
    const page = await stage.signIn('support', `/orders/${payment.orderId}`)
    await page.getByRole('button', { name: 'Record the shipment' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: /^Carrier/ }).fill('ZTO')
    await dialog.getByRole('textbox', { name: /^Tracking number/ }).fill('123456789')
    await dialog.getByRole('button', { name: 'Record', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('ZTO').first().waitFor()
    const operator = await stage.operator('viewer')
    const { shipment } = await operator(operatorRoutes.getOrderRecord, {
      params: { orderId: payment.orderId },
    })
    expect(shipment).toMatchObject({ carrier: 'ZTO', trackingNo: '123456789' })
  })

  test('a settlement report is uploaded, and its result shown', async ({ stage }) => {
    await buy(stage)
    const report = await (await fetch(`${stage.stack.simulator.url}/simulator/settlement.csv`)).text()
    const page = await stage.signIn('admin', '/settlement')
    await page.locator('input[type=file]').setInputFiles({
      name: 'settlement_detail_report_batch_7.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(report),
    })
    await heading(page, 'settlement_detail_report_batch_7.csv').waitFor()
    await page.getByText('Settled payments').waitFor()
    const operator = await stage.operator('viewer')
    const { settlements } = await operator(operatorRoutes.listSettlements, { query: {} })
    expect(settlements).toMatchObject([{ report: { name: 'settlement_detail_report_batch_7.csv' } }])
  })

  test('a viewer is offered nothing that a refunder is, and sees no audit', async ({ stage }) => {
    const payment = await buy(stage)
    const viewer = await stage.signIn('viewer', `/orders/${payment.orderId}`)
    await viewer.getByText('Your role can read this order').waitFor()
    for (const name of ['Refund', 'Record the shipment'])
      expect(await viewer.getByRole('button', { name, exact: true }).count()).toBe(0)
    expect(await viewer.getByRole('link', { name: 'Audit' }).count()).toBe(0)
    const admin = await stage.signIn('admin', '/audit')
    await admin.getByRole('cell', { name: 'session.begin' }).first().waitFor()
  })

  test('a session is left by signing out, and its end is said', async ({ stage }) => {
    const page = await stage.signIn('viewer', '/orders')
    const other = await page.context().newPage()
    await other.goto(page.url())
    await heading(other, 'Orders').waitFor()
    await page.getByRole('button', { name: 'Account and display' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('Operator key').waitFor()
    // The other window finds out by itself.
    await other.getByText('Your session has ended').waitFor()
    await other.getByLabel('Operator key').fill('tael_wrong')
    await other.keyboard.press('Enter')
    await other.getByText('The key is unknown').waitFor()
    expect(await other.getByRole('search').count()).toBe(0)
  })

  test('language and theme are chosen, and remembered', async ({ stage }) => {
    const page = await stage.signIn('viewer', '/orders')
    await page.getByRole('button', { name: 'Account and display' }).click()
    await page.getByRole('menuitem', { name: '简体中文' }).click()
    await heading(page, '订单').waitFor()
    await page.getByRole('button', { name: '账号与显示' }).click()
    await page.getByRole('menuitem', { name: '深色' }).click()
    await page.reload()
    await heading(page, '订单').waitFor()
    expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark')
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
  })

  test.for([
    { locale: 'en-US', colorScheme: 'light', width: 1280 },
    { locale: 'zh-CN', colorScheme: 'dark', width: 390 },
  ] as const)(
    'no page has barriers: $locale, $colorScheme, $width px',
    { timeout: 400_000 },
    async (look, { stage }) => {
      const { orderId } = await buy(stage)
      const page = await stage.signIn('admin', '', look)
      const found: string[] = []
      for (const address of [
        '',
        '/orders',
        `/orders/${orderId}`,
        '/payments',
        '/attention',
        '/shipping',
        '/webhooks',
        '/webhooks/1',
        '/settlement',
        '/catalogue',
        '/audit',
        '/settings',
        '/search?q=nothing',
      ]) {
        await page.goto(`${stage.stack.server.operatorsUrl}/console${address}`)
        await page.getByRole('heading', { level: 1 }).waitFor()
        for (const barrier of await barriersOf(page)) found.push(`${address}: ${barrier}`)
        const name = `console-${look.locale}-${look.width}-${address.split(/[/?]/)[1] ?? 'overview'}`
        await page.screenshot({ path: pictureFile(name), fullPage: true })
      }
      expect(found).toEqual([])
    },
  )
})
