import { randomUUID } from 'node:crypto'
import { operatorRoutes, type Payment } from '@tael/contracts'
import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished, test as base } from 'vitest'
import { barriersOf, type BrowserLook, ConsoleStage } from './console-stage.ts'
import { wordsIn } from './console-words.ts'
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

const english = { locale: 'en-US', say: wordsIn('en') } as const
const chinese = { locale: 'zh-CN', say: wordsIn('zh-CN') } as const

const isEveryLook = process.env['LOOKS'] === 'all'
/** The languages in which everything is done: each in a long run, as for the shopper's pages. */
const languages = isEveryLook ? [english, chinese] : [english]

type Look = Required<BrowserLook>

const few: readonly Look[] = [
  { locale: 'en-US', colorScheme: 'light', width: 1280 },
  { locale: 'zh-CN', colorScheme: 'dark', width: 390 },
]
/** How the pages are looked at; in a long run in both themes and languages at each width. */
const looks: readonly Look[] = isEveryLook
  ? [390, 1280, 1920].flatMap((width): Look[] => [
      { locale: 'en-US', colorScheme: 'light', width },
      { locale: 'en-US', colorScheme: 'dark', width },
      { locale: 'zh-CN', colorScheme: 'light', width },
      { locale: 'zh-CN', colorScheme: 'dark', width },
    ])
  : few

describeInBrowser('the console', () => {
  describe.for(languages)('in $locale', (language) => {
    const { say } = language

    test('an order is found by each kind of reference with one search', async ({ stage }) => {
      const payment = await buy(stage)
      const operator = await stage.operator('admin')
      await operator(operatorRoutes.createRefund, {
        params: { paymentId: payment.id },
        body: { amount: { ...payment.amount, value: 100 }, reason: 'goodwill' },
        idempotencyKey: randomUUID(),
      })
      const readOrder = () =>
        operator(operatorRoutes.getOrderRecord, { params: { orderId: payment.orderId } })
      await expect.poll(async () => (await readOrder()).payments[0]?.refunds[0]?.status).toBe('refunded')
      const order = await readOrder()
      const [record] = order.payments
      const [refund] = record?.refunds ?? []
      const page = await stage.signIn('viewer', '', language)
      const references = {
        order: order.id,
        order_number: order.number,
        payment: payment.id,
        payment_psp_reference: record?.pspReference,
        wechat_transaction: record?.wechatTransactionId,
        refund: refund?.id,
        refund_psp_reference: refund?.pspReference,
        shopper: order.shopperId,
        openid_hash: await stage.openidHashOf(order.shopperId ?? ''),
      }
      for (const [kind, reference] of Object.entries(references)) {
        await page.getByRole('link', { name: say('nav.orders'), exact: true }).click()
        await heading(page, say('nav.orders')).waitFor()
        await search(page, reference ?? `no ${kind}`)
        await heading(page, say('order.title', { number: order.number })).waitFor()
      }
      const { number, reference } = await stage.putMerchantOrder()
      await search(page, reference)
      await heading(page, say('order.title', { number })).waitFor()
      await search(page, 'pay_of_nobody')
      await page.getByText(say('search.none')).waitFor()
    })

    test('a payment is refunded in part after its amount was repeated, and the page shows it by itself', async ({
      stage,
    }) => {
      const payment = await buy(stage)
      const operator = await stage.operator('viewer')
      const readOrder = () =>
        operator(operatorRoutes.getOrderRecord, { params: { orderId: payment.orderId } })
      const { number } = await readOrder()
      const page = await stage.signIn('refunder', `/orders/${payment.orderId}`, language)
      await page.getByRole('button', { name: say('refund.action'), exact: true }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel(say('refund.amount')).fill('12.34')
      await dialog.getByRole('button', { name: say('refund.review') }).click()
      await dialog.getByText(say('refund.sure', { amount: '¥12.34 CNY', number })).waitFor()
      await dialog.getByRole('button', { name: say('refund.submit', { amount: '¥12.34 CNY' }) }).click()
      await dialog.waitFor({ state: 'detached' })
      await page.getByText(say('refundStatus.refunded'), { exact: true }).first().waitFor()
      expect((await readOrder()).payments[0]?.refunds).toMatchObject([
        { amount: { value: 1234 }, status: 'refunded' },
      ])
      // More than is left is refused before it is sent.
      await page.getByRole('button', { name: say('refund.action'), exact: true }).click()
      await dialog.getByLabel(say('refund.amount')).fill('999999')
      expect(await dialog.getByRole('button', { name: say('refund.review') }).isDisabled()).toBe(true)
    })

    test('a refund above the limit of a key is made once a second operator confirms it', async ({
      stage,
    }) => {
      const payment = await buy(stage)
      const limited = await stage.limitedKey({ ...payment.amount, value: 100 })
      const page = await stage.signInWith(limited, `/orders/${payment.orderId}`, language)
      await page.getByRole('button', { name: say('refund.action'), exact: true }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: say('refund.review') }).click()
      await dialog
        .getByRole('button', { name: new RegExp(`^${say('refund.submit', { amount: '¥' })}`) })
        .click()
      await dialog.waitFor({ state: 'detached' })
      const operator = await stage.operator('viewer')
      const refundsOf = async () =>
        (await operator(operatorRoutes.getPaymentRecord, { params: { paymentId: payment.id } })).refunds
      expect(await refundsOf()).toEqual([])

      const second = await stage.signIn('refunder', '/refunds', language)
      await second
        .getByRole('button', { name: say('refunds.confirm'), exact: true })
        .first()
        .click()
      const confirmation = second.getByRole('dialog')
      await confirmation
        .getByRole('button', { name: new RegExp(`^${say('refund.submit', { amount: '¥' })}`) })
        .click()
      await confirmation.waitFor({ state: 'detached' })
      await expect.poll(refundsOf).toMatchObject([{ status: 'refunded', amount: payment.amount }])
    })

    test('a refund that failed is seen, made again, and handled', async ({ stage }) => {
      const payment = await buy(stage)
      const operator = await stage.operator('admin')
      await operator(operatorRoutes.createRefund, {
        params: { paymentId: payment.id },
        body: { amount: { ...payment.amount, value: 100 }, reason: 'returned_goods' },
        idempotencyKey: randomUUID(),
      })
      const refundsOf = async () =>
        (await operator(operatorRoutes.getPaymentRecord, { params: { paymentId: payment.id } })).refunds
      await expect.poll(refundsOf).toMatchObject([{ status: 'refunded' }])
      const [refund] = await refundsOf()
      await stage.shop.deliver({
        eventCode: 'REFUND_FAILED',
        pspReference: refund?.pspReference ?? '',
        merchantReference: payment.id,
        amount: { ...payment.amount, value: 100 },
        reason: 'account closed',
      })
      const page = await stage.signIn('refunder', '/attention?kind=refund_failed', language)
      const item = page.getByRole('listitem').filter({ hasText: 'was not refunded' })
      await item.getByRole('link', { name: say('attention.toOrder') }).click()
      await page.getByRole('button', { name: say('refund.again') }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel(say('refund.amount')).fill('1.00')
      await dialog.getByRole('button', { name: say('refund.review') }).click()
      await dialog
        .getByRole('button', { name: new RegExp(`^${say('refund.submit', { amount: '¥' })}`) })
        .click()
      await dialog.waitFor({ state: 'detached' })
      await expect
        .poll(async () => (await refundsOf()).map(({ status }) => status).toSorted())
        .toEqual(['failed', 'refunded'])
      await page.goBack()
      await item.getByRole('button', { name: say('attention.handle') }).click()
      await dialog.getByLabel(say('attention.note')).fill('Refunded again.')
      await dialog.getByRole('button', { name: say('attention.handle') }).click()
      await page.getByText(say('attention.none')).waitFor()
    })

    test('a requested refund is declined, and its item handled', async ({ stage }) => {
      const shopper = await stage.shop.shopper(randomUUID())
      const payment = await shopper.buy(await cheapest(stage))
      await shopper.requestRefund(payment.orderId)
      const page = await stage.signIn('refunder', `/orders/${payment.orderId}`, language)
      await page.getByRole('button', { name: say('decline.action') }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel(say('decline.reason')).fill('The tea was opened.')
      await dialog.getByRole('button', { name: say('decline.submit'), exact: true }).click()
      const declined = say('order.refundDeclined', { time: '.*', reason: 'The tea was opened.' })
      await page.getByText(new RegExp(declined)).waitFor()
      expect(await page.getByRole('button', { name: say('decline.action') }).count()).toBe(0)
      const operator = await stage.operator('viewer')
      const { items } = await operator(operatorRoutes.listAttention, { query: { kind: 'refund_requested' } })
      expect(items.filter(({ orderId }) => orderId === payment.orderId)).toEqual([])
    })

    test('a chargeback is shown, and handled with a note', async ({ stage }) => {
      const payment = await buy(stage)
      await stage.shop.deliver({
        eventCode: 'CHARGEBACK',
        merchantReference: payment.id,
        amount: payment.amount,
        reason: 'not received by shopper',
      })
      const page = await stage.signIn('support', '/attention?kind=payment_reversed', language)
      const item = page.getByRole('listitem').filter({ hasText: 'CHARGEBACK' })
      await item.getByRole('button', { name: say('attention.handle') }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel(say('attention.note')).fill('The shopper was called.')
      await dialog.getByRole('button', { name: say('attention.handle') }).click()
      await item.waitFor({ state: 'detached' })
      const operator = await stage.operator('viewer')
      const { items } = await operator(operatorRoutes.listAttention, { query: { kind: 'payment_reversed' } })
      expect(items).toEqual([])
    })

    test('a payment without an outcome is found on the first page, taken by an operator, and found paid in the end', async ({
      stage,
    }) => {
      await stage.shop.setScenario('pending_authorised')
      await stage.shop.setFaults({ name: 'webhook_lost' })
      onTestFinished(async () => {
        await stage.shop.setScenario(null)
        await stage.shop.setFaults()
      })
      const shopper = await stage.shop.shopper(randomUUID())
      const payment = await shopper.buy(await cheapest(stage))
      expect(payment.status).toBe('processing')
      await stage.makeOlder(payment.id, 2 * 3600)
      const page = await stage.signIn('support', '', language)
      await page.getByText(say('overview.stuck', { count: 1 })).waitFor()
      await page.goto(`${stage.stack.server.operatorsUrl}/console/attention?kind=payment_unknown`)
      const item = page.getByRole('listitem').filter({ hasText: 'the outcome is unknown' })
      await item.getByRole('button', { name: say('attention.take') }).click()
      await item.getByRole('button', { name: say('attention.release') }).waitFor()
      await item.getByRole('link', { name: say('attention.toOrder') }).click()
      await stage.shop.setFaults()
      await stage.shop.waitForAdyen()
      await page.getByText(say('paymentStatus.authorised'), { exact: true }).first().waitFor()
      await page.goto(`${stage.stack.server.operatorsUrl}/console/attention?kind=payment_unknown`)
      await page.getByText(say('attention.none')).waitFor()
      expect(await item.count()).toBe(0)
    })

    test('a webhook item is opened and replayed', async ({ stage }) => {
      const payment = await buy(stage)
      const page = await stage.signIn('support', `/orders/${payment.orderId}`, language)
      const named = new RegExp(`^${say('webhooks.item', { id: '\\d+' })}$`)
      await page.getByRole('link', { name: named }).first().click()
      await heading(page, named).waitFor()
      await page.getByRole('button', { name: say('webhooks.replay') }).click()
      await page.getByText(say('webhooks.replayed', { state: say('webhooks.states.applied') })).waitFor()
      expect(await page.getByText(say('webhooks.values')).count()).toBe(1)
    })

    test('a paid order is shipped', async ({ stage }) => {
      const payment = await buy(stage)
      const page = await stage.signIn('support', `/orders/${payment.orderId}`, language)
      await page.getByRole('button', { name: say('ship.action') }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: new RegExp(`^${say('ship.carrier')}`) }).fill('ZTO')
      await dialog.getByRole('textbox', { name: new RegExp(`^${say('ship.trackingNo')}`) }).fill('123456789')
      await dialog.getByRole('button', { name: say('ship.submit'), exact: true }).click()
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
      const page = await stage.signIn('admin', '/settlement', language)
      const name = `settlement_detail_report_${language.locale}.csv`
      await page
        .locator('input[type=file]')
        .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(report) })
      await heading(page, name).waitFor()
      await page.getByText(say('settlement.settled')).waitFor()
      const operator = await stage.operator('viewer')
      const { settlements } = await operator(operatorRoutes.listSettlements, { query: {} })
      expect(settlements[0]).toMatchObject({ report: { name } })
    })

    test('stock and price of a product are changed, each with a reason', async ({ stage }) => {
      const operator = await stage.operator('admin')
      const readProduct = async () => (await operator(operatorRoutes.listProductRecords, {})).products[0]
      const before = await readProduct()
      const page = await stage.signIn('admin', '/catalogue', language)
      const row = page
        .getByRole('row')
        .filter({ hasText: before?.name[language.locale === 'zh-CN' ? 'zh-CN' : 'en'] ?? '' })
      const dialog = page.getByRole('dialog')
      await row.getByRole('button', { name: say('catalogue.changeStock') }).click()
      await dialog.getByLabel(say('catalogue.pieces')).fill('-3')
      await dialog.getByLabel(say('catalogue.reason')).fill('Three boxes were wet.')
      await dialog.getByRole('button', { name: say('catalogue.submit') }).click()
      await dialog.waitFor({ state: 'detached' })
      await row.getByRole('button', { name: say('catalogue.changePrice') }).click()
      await dialog.getByLabel(say('catalogue.price')).fill('77.70')
      await dialog.getByLabel(say('catalogue.reason')).fill('The harvest was small.')
      await dialog.getByRole('button', { name: say('catalogue.submit') }).click()
      await dialog.waitFor({ state: 'detached' })
      await row.getByText('¥77.70').waitFor()
      expect(await readProduct()).toMatchObject({
        price: { value: 7770 },
        stock: { free: (before?.stock.free ?? 0) - 3 },
      })
      await page.goto(`${stage.stack.server.operatorsUrl}/console/audit`)
      await page.getByText('Three boxes were wet.').first().waitFor()
      await page.getByText('The harvest was small.').first().waitFor()
    })

    test('a key is created, signs in, and opens nothing once it is revoked', async ({ stage }) => {
      const name = `Wei ${language.locale}`
      const page = await stage.signIn('admin', '/settings', language)
      const dialog = page.getByRole('dialog')
      await page.getByRole('button', { name: say('keys.create') }).click()
      await dialog.getByLabel(say('keys.name')).fill(name)
      await dialog.getByRole('button', { name: say('keys.create') }).click()
      await dialog.waitFor({ state: 'detached' })
      const shown = page.getByRole('alert').filter({ hasText: say('keys.secretTitle', { name }) })
      const secret = (await shown.getByText(/^tael_/).textContent()) ?? ''
      await shown.getByRole('button', { name: say('keys.stored') }).click()
      expect(await page.getByText(secret).count()).toBe(0)
      const theirs = await stage.signInWith(secret, '/orders', language)
      await heading(theirs, say('nav.orders')).waitFor()
      const row = page.getByRole('row').filter({ hasText: name })
      await row.getByRole('button', { name: say('keys.revoke') }).click()
      await dialog.getByRole('button', { name: say('keys.revoke') }).click()
      await dialog.waitFor({ state: 'detached' })
      await row.getByText(say('keys.states.revoked')).waitFor()
      await theirs.getByText(say('signIn.ended')).waitFor()
    })
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

  test.for(looks)(
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
        '/refunds',
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
        const shown = address.replace(orderId, 'order').replaceAll(/\W+/g, '-') || '-overview'
        const name = `console-${look.locale}-${look.colorScheme}-${look.width}${shown}`
        if (isEveryLook) await page.screenshot({ path: pictureFile(name), fullPage: true })
      }
      expect(found).toEqual([])
    },
  )
})
