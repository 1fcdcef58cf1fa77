import { expect, test } from 'vitest'
import { baseConfig, openShop, startPayment } from './merchant.ts'

const KEY = { 'x-api-key': baseConfig.reportApiKey ?? '' }
const FILE = 'settlement_detail_report_batch_7.csv'

test('a report is announced at an address that serves it to the key of the report user', async () => {
  const shop = await openShop()
  const paid = await startPayment(shop, 4000, 'r1')
  await shop.tap(paid.prepayId, 'pay')
  const headers = { 'content-type': 'application/json' }
  const announced = await fetch(`${shop.url}/simulator/reports`, {
    method: 'POST',
    headers,
    body: '{"batch":"7"}',
  })
  expect(announced.status).toBe(202)
  const address = `${shop.url}/reports/download/MerchantAccount/${baseConfig.merchantAccount}/${FILE}`
  expect(await announced.json()).toMatchObject({
    eventCode: 'REPORT_AVAILABLE',
    pspReference: FILE,
    reason: address,
    additionalData: { hmacSignature: expect.any(String) },
  })
  const served = await fetch(address, { headers: KEY })
  expect([served.status, served.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  expect(await served.text()).toContain(',r1,wechatpay,')

  const statusAt = async (url: string, init: RequestInit = { headers: KEY }) =>
    (await fetch(url, init)).status
  expect(await statusAt(address, {})).toBe(401)
  expect(await statusAt(address, { headers: { 'x-api-key': 'another' } })).toBe(401)
  expect(await statusAt(address.replace(baseConfig.merchantAccount, 'Another'))).toBe(403)
  expect(await statusAt(address.replace('settlement', 'another'))).toBe(404)
})

test.for([
  { name: 'report_refused', status: 401 },
  { name: 'report_missing', status: 404 },
  { name: 'report_redirected', status: 302 },
])('with $name a download is answered HTTP $status, once', async ({ name, status }) => {
  const shop = await openShop()
  const faults = [{ name, probability: 1, times: 1 }]
  const headers = { 'content-type': 'application/json' }
  await fetch(`${shop.url}/simulator/scenario`, { method: 'PUT', headers, body: JSON.stringify({ faults }) })
  const address = `${shop.url}/reports/download/MerchantAccount/${baseConfig.merchantAccount}/${FILE}`
  expect((await fetch(address, { headers: KEY, redirect: 'manual' })).status).toBe(status)
  expect((await fetch(address, { headers: KEY })).status).toBe(200)
})

test('a report is cut off in the middle, or never seems to end', async () => {
  const shop = await openShop()
  const headers = { 'content-type': 'application/json' }
  const play = async (name: string) => {
    const body = JSON.stringify({ faults: [{ name, probability: 1 }] })
    await fetch(`${shop.url}/simulator/scenario`, { method: 'PUT', headers, body })
    const address = `${shop.url}/reports/download/MerchantAccount/${baseConfig.merchantAccount}/${FILE}`
    return (await fetch(address, { headers: KEY })).bytes()
  }
  await expect(play('report_cut_off')).rejects.toThrow('terminated')
  expect((await play('report_huge')).length).toBe(60_000_000)
})
