// @vitest-environment happy-dom
// @vitest-environment-options { "settings": { "fetch": { "disableSameOriginPolicy": true } } }
import { outcomeOf, surplusOutcome, type Payment } from '@tael/contracts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { shopName } from '../../src/merchant/shop.ts'
import { en } from '../../src/texts/en.ts'
import { zhCN } from '../../src/texts/zh-cn.ts'
import { problemAnswer } from '../../../../packages/miniprogram-pay/test/phone.ts'
import { cup, order, payment, refund, tea } from '../samples.ts'
import { openPhone, type Phone, type PhoneOptions, prepareProgram } from './screen.ts'
import { ok, openServer, answerShop, type ShopServer } from './server.ts'

let server: ShopServer
let phone: Phone
beforeAll(async () => {
  await prepareProgram()
  server = await openServer()
})
afterAll(() => server.close())
beforeEach(() => {
  server.answers.clear()
  server.calls.length = 0
  paymentId = `pay_${Number(paymentId.slice(4)) + 1}`
  answerShop(server, [tea, cup])
})
// The host reports what a page throws, and any API that a phone lacks.
afterEach(() => {
  // Pages that stay in front go on reading.
  phone.send({ type: 'background' })
  if (phone.errors.length > 0) throw new Error(phone.errors.join('\n'))
})

function open(options?: PhoneOptions): void {
  phone = openPhone(server, options)
}

/** Each test has a payment of its own: the phone of an earlier test may still read its. */
let paymentId = 'pay_0'
const attempt = () => ({
  orderId: 'ord_1',
  amount: payment('starting').amount,
  key: 'k'.repeat(32),
  paymentId,
})
const answerPayment = (shown: Payment): void =>
  void server.answers.set(`GET /payments/${paymentId}`, ok({ ...shown, id: paymentId }))
const cartOf = (quantity: number) => ({ 'tael.cart': { lines: [{ productId: 'cup', quantity }] } })

describe('the home page', () => {
  test('shows the goods, and adds them to the cart', async () => {
    open()
    await phone.reads(/Longjing tea.*In stock.*¥128\.50.*Tea cup.*Only 2 left.*¥45\.01/)
    phone.tap('Add one: Tea cup')
    await expect.poll(() => phone.badge()).toBe('1')
    phone.tap('Add one: Tea cup')
    await expect.poll(() => phone.badge()).toBe('2')
    phone.tap('Remove one: Tea cup')
    await expect.poll(() => phone.badge()).toBe('1')
  })

  test('sends to the view what a tap changed, not the whole shop', async () => {
    open()
    await phone.reads('Tea cup')
    const sizes: { readonly sent: number; readonly whole: number }[] = []
    globalThis.watchSetData = (sent, whole) => void sizes.push({ sent, whole })
    phone.tap('Add one: Tea cup')
    await expect.poll(() => phone.badge()).toBe('1')
    globalThis.watchSetData = undefined
    expect(sizes).not.toEqual([])
    for (const { sent, whole } of sizes) expect(sent).toBeLessThan(whole / 5)
  })

  test('adds no more than the stock, and shows the limit', async () => {
    open({ stored: cartOf(2) })
    await phone.reads('Tea cup')
    phone.tap('Add one: Tea cup')
    await phone.overlays('No more than 2 available')
    expect(phone.badge()).toBe('2')
  })

  test('shows that the phone is full where the cart cannot be kept', async () => {
    // Ten keys of 1 MiB, with the quotes of their text, are all that a Mini Program may store.
    const filling = Array.from({ length: 10 }, (_, index) => [`full_${index}`, 'x'.repeat(1024 * 1024 - 2)])
    open({ stored: Object.fromEntries(filling) })
    await phone.reads('Tea cup')
    phone.tap('Add one: Tea cup')
    await phone.overlays(en.problems.storage_full)
    expect(phone.badge()).toBe('')
  })

  test('offers to reload where the shop cannot be reached, and does', async () => {
    server.answers.set('GET /products', problemAnswerOf('internal_error'))
    open({ language: 'zh_CN' })
    await phone.reads(zhCN.problems.internal_error)
    answerShop(server, [tea])
    phone.tap(zhCN.reload)
    await phone.reads('龙井茶')
  })

  test('shows that nothing is on sale', async () => {
    answerShop(server, [])
    open()
    await phone.reads(en.home.empty)
    answerShop(server, [tea])
    phone.tap(en.reload)
    await phone.reads('Longjing tea')
  })

  test('shows an interrupted payment in the moment it opens, before any answer', async () => {
    server.answers.set('GET /products', problemAnswerOf('internal_error'))
    open({ stored: { 'tael.attempt': attempt() } })
    expect(phone.text()).toMatch(/Confirming your payment ?¥1,280\.05/)
    await phone.reads(en.problems.internal_error)
  })

  test('shows an interrupted payment on top, and its outcome', async () => {
    answerPayment(payment('processing'))
    open({ stored: { 'tael.attempt': attempt() } })
    await phone.reads(/Payment processing ?¥1,280\.05/)
    answerPayment({ ...payment('authorised'), version: 4 })
    await phone.reads('Payment received')
  })
})

function isDisabled(name: string): boolean {
  return phone.control(name).getAttribute('aria-disabled') === 'true'
}

describe('the cart', () => {
  test('leads to the shop where it is empty', async () => {
    open()
    await phone.reads('Longjing tea')
    phone.openTab('Cart')
    await phone.reads(en.cart.empty)
    phone.tap(en.cart.browse)
    await phone.reads('Longjing tea')
  })

  test('shows the total, and the stock of each line', async () => {
    open({ stored: cartOf(2) })
    await phone.reads('Tea cup')
    phone.openTab('Cart')
    await phone.reads(/Tea cup ?¥90\.02.*Only 2 left.*Total · 2 items ?¥90\.02 ?WeChat Pay/)
    expect(isDisabled(en.cart.pay)).toBe(false)
  })

  test('cannot be paid while a line exceeds the stock', async () => {
    open({ stored: cartOf(3) })
    await phone.reads('Tea cup')
    phone.openTab('Cart')
    await phone.reads('Only 2 left')
    expect(isDisabled(en.cart.pay)).toBe(true)
    phone.tap('Remove one: Tea cup')
    await expect.poll(() => isDisabled(en.cart.pay)).toBe(false)
  })

  test('takes a line with too many pieces down to what is left in one tap', async () => {
    open({ stored: cartOf(9) })
    await phone.reads('Tea cup')
    phone.openTab('Cart')
    await phone.reads('Change to 2')
    phone.tap('Change to 2')
    await phone.reads(/Total · 2 items/)
    answerShop(server, [tea, { ...cup, available: 0 }])
    phone.openTab('Shop')
    phone.openTab('Cart')
    await phone.reads(en.cart.soldOut)
    const remove = [...document.querySelectorAll<HTMLElement>('.remedy, [class*="remedy"]')]
    expect(remove.map((one) => one.textContent)).toEqual([en.stepper.remove])
    phone.tap(en.stepper.remove)
    await phone.reads(en.cart.empty)
  })

  test('changes what the cart has, and not what the page still shows', async () => {
    open({ stored: cartOf(2) })
    await phone.reads('Tea cup')
    // Another page of this phone has ordered the goods.
    localStorage.clear()
    phone.tap('Add one: Tea cup')
    await expect.poll(() => phone.badge()).toBe('1')
  })

  test('is empty whether the shop answers or not', async () => {
    open()
    await phone.reads('Longjing tea')
    server.answers.set('GET /products', problemAnswerOf('internal_error'))
    phone.openTab('Cart')
    await phone.reads(en.cart.empty)
    phone.control(en.cart.browse)
    // The answer must not reach the shop of the next test.
    await expect.poll(() => server.calls.filter((call) => call === 'GET /products').length).toBe(2)
  })

  test('removes what is no longer on sale, with a notice', async () => {
    answerShop(server, [tea])
    open({ stored: cartOf(1) })
    await phone.reads('Longjing tea')
    phone.openTab('Cart')
    await phone.reads(en.cart.removed)
    await phone.reads(en.cart.empty)
  })

  test('names the goods that ran out while paying, and pays nothing', async () => {
    server.answers.set('POST /orders', problemAnswerOf('out_of_stock', { productId: 'cup', available: 1 }))
    open({ stored: cartOf(2) })
    await phone.reads('Tea cup')
    phone.openTab('Cart')
    await phone.reads('Only 2 left')
    phone.tap(en.cart.pay)
    await phone.reads(/Only 1 of “Tea cup” left/)
    expect(server.calls).not.toContain('POST /payments')
  })

  test('shows one busy button while paying, and opens the order where no payment could start', async () => {
    server.answers.set('POST /orders', ok(order('open', null), 201))
    server.answers.set('POST /payments', problemAnswerOf('order_not_payable'))
    server.answers.set('GET /orders/ord_1', ok(order('expired', null)))
    open({ stored: cartOf(1) })
    await phone.reads('Tea cup')
    phone.openTab('Cart')
    await phone.reads(en.cart.pay)
    phone.tap(en.cart.pay)
    await phone.reads(en.cart.paying)
    await phone.reads(en.problems.order_not_payable)
    await phone.reads(/Closed/)
  })

  test('asks about a new total, and pays nothing that was not confirmed', async () => {
    const changed = { currency: 'CNY', value: 5_001 } as const
    server.answers.set('POST /orders', problemAnswerOf('amount_changed', { amount: changed }))
    open({ stored: cartOf(1) })
    await phone.reads('Tea cup')
    phone.openTab('Cart')
    await phone.reads(en.cart.pay)
    phone.tap(en.cart.pay)
    await phone.overlays('It was ¥45.01 and is now ¥50.01.')
    answerShop(server, [{ ...cup, price: changed }])
    phone.answerDialog(en.payment.decline)
    await phone.reads(/Tea cup ?¥50\.01/)
    expect(server.calls.filter((call) => call === 'POST /orders')).toHaveLength(1)
    expect(server.calls).not.toContain('POST /payments')
  })
})

/** Opens the result page from the home page's card of the interrupted payment. */
async function openResult(shown: Payment, language: PhoneOptions['language'] = 'en'): Promise<void> {
  answerPayment(shown)
  open({ language, stored: { 'tael.attempt': attempt() } })
  const texts = language === 'en' ? en : zhCN
  await phone.reads(texts.home.viewPayment)
  phone.tap(new RegExp(texts.home.viewPayment))
  await phone.reads(texts.outcomes[shown.outcome.message].title)
}

/** Of an order that its shopper cancelled. */
const closedPayment: Payment = {
  ...payment('cancelled'),
  outcome: outcomeOf('cancelled', { surplus: false, order: 'cancelled' }),
}

describe('the result page', () => {
  test.each<[string, Payment, string[], string[]]>([
    ['paid', payment('authorised'), ['View order', 'Back to shop'], ['Pay again']],
    ['refused', payment('refused'), ['Pay again', 'View order'], []],
    ['cancelled', payment('cancelled'), ['Pay again', 'View order'], []],
    ['error', payment('error'), ['Pay again'], []],
    ['expired', payment('expired'), ['Pay again'], []],
    ['awaiting_shopper', payment('awaiting_shopper'), ['Continue payment'], ['Pay again']],
    ['processing', payment('processing'), ['View order', 'Back to shop'], ['Pay again', 'Continue payment']],
    ['confirming', payment('starting'), ['Back to shop'], ['Pay again', 'Continue payment']],
    ['surplus', { ...payment('authorised'), outcome: surplusOutcome }, ['View order'], ['Pay again']],
    ['order_cancelled', closedPayment, ['View order'], ['Pay again']],
  ])('shows %s, and offers what the contract allows', async (message, shown, offered, not) => {
    await openResult(shown)
    const outcome = Object.entries(en.outcomes).find(([key]) => key === message)?.[1]
    await phone.reads(outcome?.title ?? 'no title')
    await phone.reads(outcome?.text ?? 'no text')
    await phone.reads(/¥1,280\.05.*Order number 700101-0000-0001/)
    for (const name of offered) phone.control(name)
    for (const name of not) expect(() => phone.control(name)).toThrow('There is no')
    // Only a shop with a subscribe message offers it.
    expect(phone.text()).not.toContain(en.result.notify)
  })

  test('shows the amount and that it is confirming before the server answers', async () => {
    answerPayment(payment('processing'))
    open({ stored: { 'tael.attempt': attempt() } })
    await phone.reads('Payment processing')
    server.answers.set(`GET /payments/${paymentId}`, problemAnswerOf('internal_error'))
    phone.tap(new RegExp(en.home.viewPayment))
    await phone.reads(/Confirming your payment ?¥1,280\.05.*View order.*Back to shop.*Order number/)
  })

  test('of a cancelled payment shows late money by itself', async () => {
    await openResult(payment('cancelled'))
    answerPayment({ ...payment('authorised'), version: 9 })
    await phone.reads('Payment received')
    expect(() => phone.control('Pay again')).toThrow('There is no')
  })

  test('shows the outcome once it is decided', async () => {
    await openResult(payment('processing'), 'zh_CN')
    await phone.reads(zhCN.outcomes.processing.title)
    answerPayment({ ...payment('refused'), version: 9 })
    await phone.reads(zhCN.outcomes.refused.title)
  })

  test('keeps what is known while the server fails', async () => {
    await openResult(payment('processing'))
    server.answers.set(`GET /payments/${paymentId}`, problemAnswerOf('internal_error'))
    await phone.reads(en.problems.internal_error)
    await phone.reads(en.outcomes.processing.title)
  })
})

async function openOrders(): Promise<void> {
  open()
  await phone.reads('Longjing tea')
  phone.openTab('Orders')
}

async function openOrder(shown: ReturnType<typeof order>): Promise<void> {
  server.answers.set('GET /orders', ok({ orders: [shown], next: null }))
  server.answers.set('GET /orders/ord_1', ok(shown))
  await openOrders()
  await phone.reads('No more orders')
  phone.tap(/¥1,280\.05/)
  await phone.reads('Progress')
}

describe('WeChat around it', () => {
  test('offers a newer version, and restarts into it where the shopper agrees', async () => {
    open()
    await phone.reads('Longjing tea')
    phone.send({ type: 'updateReady' })
    await phone.overlays(en.questions.update.title)
    phone.answerDialog('No')
    expect(phone.messages).not.toContainEqual({ type: 'updateApplied' })
    phone.send({ type: 'updateReady' })
    await phone.overlays(en.questions.update.title)
    phone.answerDialog('Yes')
    await expect.poll(() => phone.messages).toContainEqual({ type: 'updateApplied' })
  })

  test('shares a card that leads to the shop', async () => {
    open()
    await phone.reads('Longjing tea')
    phone.send({ type: 'share' })
    expect(phone.messages.at(-1)).toMatchObject({
      type: 'shared',
      card: { title: shopName.en, path: '/pages/home/home', imageUrl: expect.stringContaining('.png') },
    })
  })

  test('finds no card on an order, which is private', async () => {
    await openOrder(order('open', null))
    phone.send({ type: 'share' })
    expect(phone.messages.at(-1)).toEqual({ type: 'shared', card: undefined })
  })
})

describe('the orders', () => {
  test('lead to the shop where there are none', async () => {
    await openOrders()
    await phone.reads(en.orders.empty)
    phone.control(en.cart.browse)
  })

  test('are shown newest first, and more of them on demand', async () => {
    server.answers.set('GET /orders', ok({ orders: [order('paid', payment('authorised'))], next: 'ord_1' }))
    await openOrders()
    await phone.reads(/Paid.*Longjing tea ?2 items ?¥1,280\.05.*Load more/)
    const older = { ...order('cancelled', null), id: 'ord_0' }
    server.answers.set('GET /orders', ok({ orders: [older], next: null }))
    phone.tap('Load more')
    await phone.reads(/Paid.*Cancelled.*No more orders/)
  })

  test('show why they cannot be loaded', async () => {
    server.answers.set('GET /orders', problemAnswerOf('internal_error'))
    await openOrders()
    await phone.reads(en.problems.internal_error)
    phone.control(en.reload)
  })
})

describe('the orders', () => {
  test('can be paid from the list', async () => {
    const open = order('open', null)
    server.answers.set('GET /orders', ok({ orders: [open], next: null }))
    server.answers.set('GET /orders/ord_1', ok(open))
    server.answers.set('POST /payments', problemAnswerOf('order_not_payable'))
    await openOrders()
    await phone.reads(/29 min left ?Pay now/)
    phone.tap('Pay now')
    await phone.reads(en.problems.order_not_payable)
    expect(server.calls).toContain('POST /payments')
  })

  test('stay as many as were shown, after one was opened', async () => {
    const orders = Array.from({ length: 12 }, (_, place) => ({
      ...order('cancelled', null),
      id: `ord_${12 - place}`,
    }))
    const [first, rest] = [orders.slice(0, 10), orders.slice(10)]
    server.answers.set('GET /orders', ok({ orders: first, next: 'ord_3' }))
    await openOrders()
    await phone.reads('Load more')
    server.answers.set('GET /orders', ok({ orders: rest, next: null }))
    phone.tap('Load more')
    await phone.reads('No more orders')
    server.answers.set('GET /orders', ok({ orders, next: null }))
    server.answers.set('GET /orders/ord_12', ok({ ...order('cancelled', null), id: 'ord_12' }))
    phone.tap(/¥1,280\.05/)
    await phone.reads('Progress')
    phone.back()
    await phone.reads('No more orders')
    await expect.poll(() => server.queries.at(-1)).toBe('limit=12')
    await expect.poll(() => document.querySelectorAll('.names').length).toBe(12)
  })
})

describe('an order', () => {
  test('is drawn from what the phone knows before the server answers', async () => {
    const cancelled = order('cancelled', null)
    server.answers.set('GET /orders', ok({ orders: [cancelled], next: null }))
    server.answers.set('GET /orders/ord_1', problemAnswerOf('internal_error'))
    await openOrders()
    await phone.reads('No more orders')
    phone.tap(/¥1,280\.05/)
    await phone.reads(/Cancelled.*Longjing tea.*Progress/)
    await phone.reads(en.problems.internal_error)
  })

  test('that ended puts its goods into the cart again', async () => {
    await openOrder(order('expired', null))
    phone.tap('Buy again')
    await phone.reads(/Cart ?Longjing tea.*Total · 2 items/)
  })

  test('that is open past its end shows how it ended, by itself', async () => {
    await openOrder({ ...order('open', null), leftMs: 500 })
    await phone.reads('Awaiting payment')
    server.answers.set('GET /orders/ord_1', ok(order('expired', null)))
    await phone.reads(/Closed.*Buy again/)
    expect(() => phone.control('Pay now')).toThrow('There is no')
  })

  test('that is open can be paid or, once confirmed, cancelled', async () => {
    await openOrder(order('open', payment('cancelled')))
    await phone.reads(/Awaiting payment.*Please pay before.*Payment cancelled.*Ordered/)
    phone.control('Pay again')
    phone.tap('Cancel order')
    await phone.overlays(en.questions.cancelOrder.title)
    phone.answerDialog('No')
    expect(server.calls).not.toContain('POST /orders/ord_1/cancel')

    server.answers.set('POST /orders/ord_1/cancel', ok(order('cancelled', closedPayment)))
    phone.tap('Cancel order')
    await phone.overlays(en.questions.cancelOrder.title)
    phone.answerDialog('Yes')
    await phone.reads(/Cancelled by you ?2026-11-23 \d\d:02/)
    expect(() => phone.control('Pay again')).toThrow('There is no')
    expect(() => phone.control('Cancel order')).toThrow('There is no')
  })

  test('that can no longer be cancelled shows why, and its new state', async () => {
    await openOrder(order('open', null))
    server.answers.set('POST /orders/ord_1/cancel', problemAnswerOf('order_not_cancellable'))
    server.answers.set('GET /orders/ord_1', ok(order('open', payment('processing'))))
    phone.tap('Cancel order')
    await phone.overlays(en.questions.cancelOrder.title)
    phone.answerDialog('Yes')
    await phone.reads(/Confirming payment.*This order cannot be cancelled now/)
    phone.control('View payment')
  })

  test('that is paid can be refunded on request, and then shows the request', async () => {
    const paid = order('paid', payment('authorised'))
    await openOrder(paid)
    const requested = { ...paid, refundRequestedAt: '2026-11-24T08:00:00.000Z' }
    server.answers.set('POST /orders/ord_1/refund-request', ok(requested))
    phone.tap('Request a refund')
    await phone.overlays(en.questions.requestRefund.title)
    phone.answerDialog('Yes')
    await phone.reads(/Refund requested.*You requested a refund.*Paid.*Ordered/)
    expect(() => phone.control('Request a refund')).toThrow('There is no')
  })

  test.each([
    ['received', 'Refund in progress', 'WeChat Pay is processing it'],
    ['refunded', 'Refunded', 'The money was returned'],
    ['failed', 'Refund failed', 'The shop has been notified'],
  ] as const)('shows a refund that is %s', async (status, title, text) => {
    await openOrder({ ...order('paid', payment('authorised')), refunds: [refund(status)] })
    await phone.reads(new RegExp(`${title}.*Refund of ¥1,280\\.05.*${text}`))
  })

  test('shows its carrier and tracking number', async () => {
    const shipment = { at: '2026-11-24T08:00:00.000Z', carrier: 'SF', trackingNo: '7561' }
    await openOrder({ ...order('paid', payment('authorised')), shipment })
    await phone.reads(/Shipped.*SF 7561.*Paid.*Ordered/)
  })

  test('reads a refund again by itself', async () => {
    const paid = order('paid', payment('authorised'))
    await openOrder({ ...paid, refunds: [refund('received')] })
    await phone.reads('Refund in progress')
    server.answers.set('GET /orders/ord_1', ok({ ...paid, refunds: [refund('refunded')] }))
    await phone.reads('The money was returned')
  })

  test('with members this version does not know is shown', async () => {
    await openOrder(Object.assign(order('paid', payment('authorised')), { giftWrap: { colour: 'red' } }))
    await phone.reads(/Paid.*Ordered/)
  })
})

function problemAnswerOf(...parameters: Parameters<typeof problemAnswer>) {
  const answer = problemAnswer(...parameters)
  if (answer === 'lost') throw new Error('A problem is an answer.')
  return answer
}
