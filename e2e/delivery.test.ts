import { Parse } from '@sinclair/typebox/value'
import { OperatorPayment } from '@tael/contracts'
import { expect, test as base } from 'vitest'
import { buildChangedShop } from './changed-shop.ts'
import { describeInBrowser } from './fixtures.ts'
import { openStage } from './stage.ts'

const address = '广东省广州市海珠区新港中路397号'

const test = base
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads in this pattern which fixtures this one needs.
  .extend('stage', { scope: 'file' }, async ({}, { onCleanup }) => {
    const stage = await openStage({ SHOP_DELIVERS: 'true' })
    onCleanup(() => stage.close())
    return stage
  })
  /** The Mini Program of a merchant who delivers. */
  // oxlint-disable-next-line no-empty-pattern -- as above
  .extend('program', { scope: 'file' }, async ({}, { onCleanup }) => {
    const { program, remove } = await buildChangedShop(
      'delivery: boolean = false',
      'delivery: boolean = true',
    )
    onCleanup(remove)
    return program
  })

describeInBrowser('A shopper whose goods are delivered', () => {
  test('chooses an address, pays, and the operators read where to ship', async ({ stage, program }) => {
    const shopper = await stage.visit({ program })
    await shopper.checkOut(2)
    await shopper.reads('Please choose an address first.')
    await shopper.phone.getByRole('button', { name: /^Deliver to/ }).click()
    await shopper.answer('Allow')
    await shopper.answer('OK')
    await shopper.reads(address)
    await shopper.pay()
    await shopper.payAtCashier()
    await shopper.reads('Payment received')
    const paymentId = await shopper.paymentId()
    await shopper.viewOrder()
    await shopper.reads(address)
    const answer = await shopper.page.request.get(`${stage.stack.playground.url}/ops/payments/${paymentId}`)
    const { deliverTo } = Parse(OperatorPayment, await answer.json())
    expect(deliverTo).toMatchObject({ userName: '张三', detailInfo: '新港中路397号' })
    await shopper.page
      .getByRole('region', { name: 'Merchant' })
      .getByText(/^Deliver to 张三 .*广东省广州市海珠区新港中路397号$/)
      .waitFor()
  })
})
