// @vitest-environment happy-dom
// @vitest-environment-options { "settings": { "fetch": { "disableSameOriginPolicy": true } } }
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../src/texts/en.ts'
import { order, payment, problem, tea } from '../samples.ts'
import { openPhone, type Phone, prepareProgram } from './screen.ts'
import { ok, openServer, answerShop, type ShopServer } from './server.ts'

const app = path.join(import.meta.dirname, '../..')
let server: ShopServer
let source = ''

beforeAll(async () => {
  // Inside node_modules the copy still finds the packages, and no other check reads it.
  const parent = path.join(app, 'node_modules', '.tael')
  await mkdir(parent, { recursive: true })
  source = await mkdtemp(path.join(parent, 'merchant-'))
  await cp(path.join(app, 'src'), source, { recursive: true })
  await edit('merchant/shop.ts', [
    ["en: 'Tael Tea House'", "en: 'Corner Shop'"],
    ['readonly string[] = []', "readonly string[] = ['template-1']"],
    ['customerService: boolean = false', 'customerService: boolean = true'],
    ['delivery: boolean = false', 'delivery: boolean = true'],
    ['en: {} }', "en: { home: { inStock: 'On the shelf' } } }"],
  ])
  await edit('merchant/goods.ts', [
    ["id: 'tea-longjing'", "id: 'tea'"],
    ['/pictures/tea-longjing.svg', '/pictures/share.png'],
  ])
  await prepareProgram(source)
  server = await openServer()
  answerShop(server, [tea])
})
afterAll(async () => {
  server.close()
  await rm(source, { recursive: true })
})

async function edit(name: string, changes: readonly (readonly [string, string])[]): Promise<void> {
  const file = path.join(source, name)
  let text = await readFile(file, 'utf8')
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`)
    text = text.replace(from, to)
  }
  await writeFile(file, text)
}

test('a merchant changes name, texts and pictures in one folder', async () => {
  const phone = openPhone(server)
  await phone.reads(/Corner Shop.*Longjing tea.*On the shelf/)
  expect(document.querySelector('wx-image')?.getAttribute('src')).toBe('/pictures/share.png')
})

test('and offers a subscribe message about an undecided payment, once', async () => {
  server.answers.set('GET /payments/pay_1', ok(payment('processing')))
  const attempt = { orderId: 'ord_1', amount: payment('processing').amount, key: 'k'.repeat(32) }
  const phone = openPhone(server, { stored: { 'tael.attempt': { ...attempt, paymentId: 'pay_1' } } })
  await phone.reads(en.home.viewPayment)
  phone.tap(new RegExp(en.home.viewPayment))
  await phone.reads(en.result.notify)
  const contact = phone.control(en.contact)
  expect(contact.getAttribute('open-type')).toBe('contact')
  expect(contact.getAttribute('session-from')).toBe('700101-0000-0001')
  phone.tap(en.result.notify)
  await phone.overlays('template-1')
  phone.answerDialog('Allow')
  await phone.overlays(en.result.notified)
  expect(phone.text()).not.toContain(en.result.notify)
  phone.send({ type: 'background' })
  expect(phone.errors).toEqual([])
})

const cart = { 'tael.cart': { lines: [{ productId: 'tea', quantity: 1 }] } }
const recipient = '张三 020-81167888'
const address = '广东省广州市海珠区新港中路397号'
const addressRow = /^Deliver to/

function openCart(): Phone {
  const phone = openPhone(server, { stored: cart })
  phone.openTab('Cart')
  return phone
}

test('an order that is delivered needs an address, which WeChat shares once the shopper lets it', async () => {
  const phone = openCart()
  await phone.reads(new RegExp(`Deliver to.*${en.address.choose}`))
  phone.tap(en.cart.pay)
  await phone.reads(en.problems.address_required)

  phone.tap(addressRow)
  await phone.overlays('Allow this Mini Program to use your address?')
  phone.answerDialog('Decline')
  await phone.reads(en.address.refused)

  phone.tap(addressRow)
  await phone.overlays('Allow this Mini Program to use your address?')
  phone.answerDialog('Allow')
  await phone.overlays(address)
  phone.answerDialog('Cancel')
  await expect.poll(() => phone.text()).not.toContain(en.address.refused)
  await phone.reads(en.address.choose)

  phone.tap(addressRow)
  await phone.overlays(address)
  phone.answerDialog('OK')
  await phone.reads(`${recipient}${address}`)

  const chosen = {
    userName: '张三',
    telNumber: '020-81167888',
    provinceName: '广东省',
    cityName: '广州市',
    countyName: '海珠区',
    detailInfo: '新港中路397号',
    postalCode: '510000',
  }
  server.bodies.length = 0
  server.answers.set('POST /orders', ok({ ...order('open', null), deliverTo: chosen }, 201))
  server.answers.set('POST /payments', ok(problem('order_not_payable').problem, 409))
  server.answers.set('GET /orders/ord_1', ok({ ...order('open', null), deliverTo: chosen }))
  phone.tap(en.cart.pay)
  await phone.reads(new RegExp(`${en.problems.order_not_payable}.*Deliver to${recipient}${address}`))
  expect(server.bodies).toContainEqual(expect.objectContaining({ deliverTo: chosen }))
  phone.send({ type: 'background' })
  expect(phone.errors).toEqual([])
  expect(phone.messages.filter(({ type }) => type === 'warning')).toEqual([])

  // The next order offers the address that the phone kept.
  const stored = { ...cart, 'tael.address': chosen }
  const next = openPhone(server, { stored })
  next.openTab('Cart')
  await next.reads(`${recipient}${address}`)
  next.send({ type: 'background' })
})

test('WeChat refuses an address where app.json does not declare it, which the host warns of', async () => {
  const { app: config, ...program } = globalThis.miniProgram
  const { requiredPrivateInfos, ...undeclared } = config
  expect(requiredPrivateInfos).toEqual(['chooseAddress'])
  globalThis.miniProgram = { ...program, app: undeclared }
  try {
    const phone = openCart()
    await phone.reads(addressRow.source.slice(1))
    phone.tap(addressRow)
    await phone.reads(en.address.failed)
    expect(phone.messages).toContainEqual({
      type: 'warning',
      message: 'wx.chooseAddress is not in requiredPrivateInfos of app.json: WeChat refuses it',
    })
    phone.send({ type: 'background' })
  } finally {
    globalThis.miniProgram = { ...program, app: config }
  }
})
