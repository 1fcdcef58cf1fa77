import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Parse } from '@sinclair/typebox/value'
import { OperatorPayment } from '@tael/contracts'
import { buildMiniProgram } from '@tael/miniprogram/build'
import { colours } from '@tael/miniprogram/colours'
import { buildHostedProgram } from '@tael/miniprogram-host/build'
import { expect } from 'vitest'
import { describeInBrowser, test as base } from './fixtures.ts'
import { openStage } from './stage.ts'

const miniProgram = path.join(import.meta.dirname, '../apps/miniprogram')
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
    // Inside node_modules the copy still finds the packages, and no other check reads it.
    const parent = path.join(miniProgram, 'node_modules', '.tael')
    await mkdir(parent, { recursive: true })
    const folder = await mkdtemp(path.join(parent, 'delivering-'))
    onCleanup(() => rm(folder, { recursive: true }))
    const source = path.join(folder, 'src')
    const output = path.join(folder, 'dist')
    const program = path.join(folder, 'phone')
    await cp(path.join(miniProgram, 'src'), source, { recursive: true })
    const shop = path.join(source, 'merchant/shop.ts')
    const text = await readFile(shop, 'utf8')
    await writeFile(shop, text.replace('delivery: boolean = false', 'delivery: boolean = true'))
    const budget = { total: Infinity, script: Infinity }
    await buildMiniProgram({ source, output, budget, appId: 'wx1', palette: colours, pictures: [] })
    await buildHostedProgram({ programDir: output, outDir: program })
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
