// @vitest-environment happy-dom
// @vitest-environment-options { "settings": { "fetch": { "disableSameOriginPolicy": true } } }
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../src/texts/en.ts'
import { payment, tea } from '../samples.ts'
import { openPhone, prepareProgram } from './screen.ts'
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
