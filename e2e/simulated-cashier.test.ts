import { expect } from 'vitest'
import { buildChangedShop } from './changed-shop.ts'
import { describeInBrowser, test as base } from './fixtures.ts'
import type { Playground } from './playground.ts'

/** The Mini Program of a merchant who tests in DevTools. */
// oxlint-disable-next-line no-empty-pattern -- Vitest reads in this pattern which fixtures this one needs.
const test = base.extend('program', { scope: 'file' }, async ({}, { onCleanup }) => {
  const { program, remove } = await buildChangedShop(
    'simulatesWeChat: boolean = false',
    'simulatesWeChat = true',
  )
  onCleanup(remove)
  return program
})

/** Taps an item of the sheet that stands in for the cashier. */
async function tap(shopper: Playground, item: RegExp): Promise<void> {
  await shopper.phone.getByRole('dialog').getByRole('button', { name: item }).click()
}

describeInBrowser('A Mini Program with the simulated cashier', () => {
  test('pays, and pays again after a cancel and after a failure', async ({ stage, program }) => {
    const shopper = await stage.visit({ program })
    await shopper.checkOut()
    await tap(shopper, /^Cancel$/)
    await shopper.reads('Payment cancelled')
    await shopper.payAgain()
    await tap(shopper, /^Fail$/)
    await shopper.reads('Payment cancelled')
    await shopper.payAgain()
    await tap(shopper, /^Pay ¥/)
    await shopper.answer('Done')
    await shopper.reads('Payment received')
    // WeChat's own cashier was never opened.
    expect(await shopper.messages(/Mini Program to WeChat, request: wx\./).count()).toBe(0)
    expect(
      await shopper.messages(/Mini Program to WeChat, request: POST \/simulator\/cashier$/).count(),
    ).toBe(3)
  })

  test('finds the payment paid whose cashier was closed without a callback', async ({ stage, program }) => {
    const shopper = await stage.visit({ program })
    await shopper.checkOut()
    await tap(shopper, /^Pay ¥/)
    await shopper.answer('Exit')
    await shopper.reads('Payment received')
    expect(await shopper.messages(/request: POST \/payments\/details$/).count()).toBe(0)
  })

  test('still offers a payment whose cashier was closed unpaid, without a callback', async ({
    stage,
    program,
  }) => {
    const shopper = await stage.visit({ program })
    await shopper.checkOut()
    await tap(shopper, /^Close without a callback$/)
    await shopper.button('Continue payment').click()
    await tap(shopper, /^Pay ¥/)
    await shopper.answer('Done')
    await shopper.reads('Payment received')
  })
})
