import { expect, test } from 'vitest'
import { readCashier, openShop, paymentBody, startPayment } from './merchant.ts'

const report = async (url: string): Promise<string[]> => {
  const answer = await fetch(`${url}/simulator/settlement.csv`)
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  return (await answer.text()).split('\n')
}

/** A line without its time and the pspReference of a refund. */
const predictable = (line: string): string =>
  line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'TIME').replace(/Refunded,[A-Z0-9]{16}/, 'Refunded,PSP')

test('the settlement report lists payments, refunds, and the payout of the balance', async () => {
  const shop = await openShop()
  const paid = await startPayment(shop, 128_005, 'r1')
  await shop.tap(paid.prepayId, 'pay')
  const refused = await startPayment(shop, 2001, 'r2')
  await shop.tap(refused.prepayId, 'pay')
  const inYen = { ...paymentBody(await shop.login(), 0, 'r3'), amount: { currency: 'JPY', value: 900 } }
  await shop.tap(readCashier((await shop.checkout('/payments', inYen)).body).prepayId, 'pay')
  await startPayment(shop, 3000, 'r4')
  const [first, , third] = await shop.ledger()
  const refund = (value: number, reference: string) =>
    shop.checkout(`/payments/${first?.pspReference}/refunds`, {
      merchantAccount: 'TaelTest',
      amount: { currency: 'CNY', value },
      reference,
    })
  await refund(5, 'refund-1')
  await refund(200_000, 'too much')
  await shop.waitUntilIdle()

  const [header, ...lines] = await report(shop.url)
  expect(header).toMatch(/^Company Account,Merchant Account,Psp Reference,Merchant Reference,.*,Reserved10$/)
  const one = `Simulator,TaelTest,${first?.pspReference},r1,wechatpay,TIME,UTC`
  const three = `Simulator,TaelTest,${third?.pspReference},r3,wechatpay,TIME,UTC`
  expect(lines.map(predictable)).toEqual([
    `${one},Settled,${first?.pspReference},CNY,,1280.05,1,CNY,,1280.05,,,,,,,1,,,,,,,`,
    `${three},Settled,${third?.pspReference},JPY,,900,1,JPY,,900,,,,,,,1,,,,,,,`,
    `${one},Refunded,PSP,CNY,0.05,,1,CNY,0.05,,,,,,,refund-1,1,,,,,,,`,
    `Simulator,TaelTest,,,,TIME,UTC,MerchantPayout,"TX0000000001XT batch 1, CNY",,,,,CNY,1280.00,,,,,,,,1,,,,,,,`,
    `Simulator,TaelTest,,,,TIME,UTC,MerchantPayout,"TX0000000001XT batch 1, JPY",,,,,JPY,900,,,,,,,,1,,,,,,,`,
    '',
  ])
})

test('a settlement report without money has only a header', async () => {
  const shop = await openShop()
  expect(await report(shop.url)).toHaveLength(2)
})
