import { afterAll, expect } from 'vitest'
import { logLines, waitForLog } from './actors/index.ts'
import { AdyenRelay, type Answering, type Members, membersOf, type Path } from './adyen-relay.ts'
import { test as base } from './fixtures.ts'
import { authorisationOf, postWebhook, signed } from './webhook-items.ts'

const relay = new AdyenRelay()
afterAll(() => relay.close())

const test = base
  // A thousandth of the time on the wall: no webhook comes before the clock is put forward.
  .extend('simulatorSettings', { scope: 'file' }, { SIMULATOR_SPEED: '0.001' })
  .extend('settings', { scope: 'file' }, async () => ({
    ADYEN_CHECKOUT_URL: `${await relay.listen()}/v72`,
    WECHAT_TRANSACTION_ID_FIELD: 'weChatNumber',
  }))
  .extend('shopper', { scope: 'file' }, ({ shop }) => {
    relay.adyenUrl = shop.simulator.url
    return shop.shopper('alice')
  })
  /** Runs the action while Adyen answers the calls of a path like this. */
  .extend(
    'answering',
    () =>
      <T>(path: Path, answering: Answering, action: () => Promise<T>): Promise<T> =>
        relay.answering(path, answering, action),
  )
  /** The details of a payment's events of one type. */
  .extend('eventsOf', ({ operator }) => async ({ id }: { readonly id: string }, type: string) => {
    const { events } = await operator.getPaymentRecord(id)
    return events.filter((event) => event.type === type).map(({ detail }) => detail)
  })

/** Adyen's true answer, with these members in the place of its own. */
const changed =
  (change: (body: Members) => Members): Answering =>
  async (ask) => {
    const { status, body } = await ask()
    return { status, body: { ...body, ...change(body) } }
  }
/** So many names, in order. */
const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `name_${String(index).padStart(2, '0')}`)
/** The same number of another currency. */
const inDollars = (value: number): Answering => changed(() => ({ amount: { currency: 'USD', value } }))
/** Adyen refuses the call and does nothing. */
const refusing =
  (status: number, errorType: string, message = 'refused'): Answering =>
  async () => ({ status, body: { status, errorCode: '901', errorType, message } })

test('an answer in another currency tells nothing of a start', async ({ shopper, answering, eventsOf }) => {
  const attempt = await answering('/payments', inDollars(4500), () => shopper.startBuying(4500))
  expect(attempt).toMatchObject({
    requestPayment: null,
    payment: { status: 'starting', outcome: { nextAction: 'wait' } },
  })
  expect(await eventsOf(attempt.payment, 'answer_unusable')).toEqual([
    { operation: 'payments', reason: expect.stringContaining('amount') },
  ])
})

test('an answer in another currency makes nothing paid', async ({ shopper, answering, eventsOf }) => {
  const attempt = await shopper.startBuying(4600)
  const payment = await answering('/payments/details', inDollars(4600), () => shopper.pay(attempt))
  expect(payment).toMatchObject({ status: 'processing', outcome: { nextAction: 'wait' } })
  expect(await eventsOf(payment, 'answer_unusable')).toEqual([
    { operation: 'payments/details', reason: expect.stringContaining('amount') },
  ])
})

test.for<{ name: string; change: Members; about: string }>([
  {
    name: 'in another currency',
    change: { amount: { currency: 'USD', value: 4700 } },
    about: 'amount',
  },
  {
    name: 'of another amount',
    change: { amount: { currency: 'CNY', value: 4699 } },
    about: 'amount',
  },
  {
    name: 'about another refund',
    change: { reference: 'rf_another' },
    about: 'reference',
  },
  {
    name: 'about another payment',
    change: { paymentPspReference: 'ANOTHER' },
    about: 'reference',
  },
])(
  'an answer $name tells nothing of a refund, and the call is not repeated',
  async ({ change, about }, { shopper, operator, queue, answering, eventsOf }) => {
    const payment = await shopper.buy(4700)
    await answering(
      '/refunds',
      changed(() => change),
      async () => {
        const { id } = await operator.refund(payment)
        await expect
          .poll(() => eventsOf(payment, 'answer_unusable'))
          .toEqual([{ operation: 'refunds', reason: expect.stringContaining(about) }])
        await queue.waitUntilEmpty('make-refund', { variant: id })
      },
    )
    expect((await operator.getPaymentRecord(payment.id)).refunds).toMatchObject([
      { status: 'requested', pspReference: null },
    ])
  },
)

test('an answer about another reference tells nothing of a cancel', async ({
  shopper,
  answering,
  eventsOf,
}) => {
  const { payment } = await shopper.startBuying(4800)
  await answering(
    '/cancels',
    changed(() => ({ reference: 'pay_another' })),
    async () => {
      await shopper.cancelOrder(payment.orderId)
      await expect
        .poll(() => eventsOf(payment, 'answer_unusable'))
        .toEqual([{ operation: 'cancels', reason: expect.stringContaining('reference') }])
    },
  )
  expect(await eventsOf(payment, 'cancel_answered')).toEqual([])
})

test.for<{ errorCode?: string; reason: string }>([
  { errorCode: '901', reason: 'HTTP 422 901' },
  { reason: 'HTTP 422' },
])(
  'a cancel that Adyen refuses is recorded and logged with its reason: $reason',
  async ({ errorCode, reason }, { shop, shopper, answering, eventsOf }) => {
    const { payment } = await shopper.startBuying(4850)
    const refused: Answering = async () => ({
      status: 422,
      body: { status: 422, errorCode, errorType: 'validation', message: 'refused' },
    })
    await answering('/cancels', refused, async () => {
      await shopper.cancelOrder(payment.orderId)
      await expect.poll(() => eventsOf(payment, 'cancel_answered')).toEqual([{ answer: 'rejected', reason }])
    })
    const names = { paymentId: payment.id, operation: 'cancels' }
    const line = await waitForLog(shop.server, { ...names, level: 50, msg: 'Adyen refused the call' })
    expect(line).toMatchObject({ reason })
  },
)

test('a cancel whose answer names no reference is accepted, and nothing of it is logged', async ({
  shop,
  shopper,
  queue,
  answering,
  eventsOf,
}) => {
  const { payment } = await shopper.startBuying(4850)
  const anonymous = changed(() => ({ reference: undefined }))
  await answering('/cancels', anonymous, async () => {
    await shopper.cancelOrder(payment.orderId)
    await expect
      .poll(() => eventsOf(payment, 'cancel_answered'))
      .toEqual([{ answer: 'received', reason: '' }])
    await queue.waitUntilEmpty('make-call', { paymentId: payment.id })
  })
  const about = logLines(shop.server).filter((line) => 'paymentId' in line && line.paymentId === payment.id)
  expect(about.filter(({ level }) => level >= 40)).toEqual([])
})

test.for<{ path: '/payments' | '/payments/details'; answer: Answering; line: Members }>([
  {
    path: '/payments',
    answer: refusing(422, 'validation'),
    line: { level: 50, msg: 'Adyen refused the call', status: 422, errorCode: '901', reason: 'refused' },
  },
  {
    path: '/payments/details',
    answer: refusing(422, 'validation'),
    line: { level: 50, msg: 'Adyen refused the call', status: 422, errorCode: '901', reason: 'refused' },
  },
  {
    path: '/payments/details',
    answer: refusing(500, 'unknown'),
    line: { level: 50, msg: "Adyen's answer is unusable", reason: 'HTTP 500 901' },
  },
  {
    path: '/payments/details',
    answer: changed(() => ({ amount: { currency: 'CNY', value: 4949 } })),
    line: { level: 50, msg: "Adyen's answer is unusable", reason: 'its amount differs from ours' },
  },
  {
    path: '/payments',
    answer: changed(() => ({ resultCode: 'RedirectShopper', action: undefined })),
    line: {
      level: 50,
      msg: 'Adyen returned no usable cashier parameters',
      problems: ['the parameters are missing'],
    },
  },
])(
  'an answer to $path that cannot be used is logged with its payment: $line.msg',
  async ({ path, answer, line }, { shop, shopper, answering }) => {
    const order = await shopper.order(4950)
    const attempt = await (path === '/payments'
      ? answering(path, answer, () => shopper.startPayment(order))
      : shopper.startPayment(order))
    if (path === '/payments/details') await answering(path, answer, () => shopper.pay(attempt))
    const paymentId = attempt.payment.id
    const logged = await waitForLog(shop.server, { paymentId, operation: path.slice(1) })
    expect(logged).toMatchObject(line)
    // Only a call for a refund is about one.
    expect(logged).not.toHaveProperty('refundId')
  },
)

test('a refund waits until it is known by which reference Adyen has its payment', async ({
  shop,
  shopper,
  operator,
  queue,
  answering,
  eventsOf,
}) => {
  const attempt = await shopper.startBuying(4900)
  const anonymous = changed(() => ({ resultCode: 'Authorised', pspReference: undefined }))
  const payment = await answering('/payments/details', anonymous, () =>
    shopper.submitDetails(attempt, 'requestPayment:ok'),
  )
  expect(payment).toMatchObject({ status: 'authorised' })
  const { id } = await operator.refund(payment)
  await expect
    .poll(() => eventsOf(payment, 'unanswered'))
    .toContainEqual({ operation: 'refunds', reason: 'the pspReference of the payment is not known yet' })
  await postWebhook(shop.server, [signed(authorisationOf(payment, { pspReference: 'KNOWN-NOW' }))])
  await queue.startEarly('make-refund', { variant: id })
  // The simulator has no payment of this reference.
  await expect
    .poll(async () => (await operator.getPaymentRecord(payment.id)).refunds)
    .toMatchObject([{ id, status: 'failed' }])
})

test.for([401, 403])(
  'a refund that Adyen answers with %i waits, and is made once the key is let in',
  async (status, { shop, shopper, operator, queue, answering, eventsOf }) => {
    const payment = await shopper.buy(4900)
    const { id } = await answering('/refunds', refusing(status, 'security'), async () => {
      const refund = await operator.refund(payment)
      await expect.poll(() => eventsOf(payment, 'unanswered')).not.toEqual([])
      return refund
    })
    const refunds = async () => (await operator.getPaymentRecord(payment.id)).refunds
    expect(await refunds()).toMatchObject([{ id, status: 'requested' }])
    const names = { paymentId: payment.id, operation: 'refunds', refundId: id }
    await waitForLog(shop.server, { ...names, level: 40, msg: 'Adyen did not answer' })
    await queue.startEarly('make-refund', { variant: id })
    await expect.poll(refunds).toMatchObject([{ id, status: 'received' }])
  },
)

test.for([400, 422])(
  'a refund that Adyen answers with %i has failed: nothing went back, and all of it can be refunded again',
  async (status, { shopper, operator, answering }) => {
    const payment = await shopper.buy(5000)
    const { id } = await answering('/refunds', refusing(status, 'validation'), async () => {
      const refund = await operator.refund(payment)
      await expect
        .poll(() => operator.getPaymentRecord(payment.id))
        .toMatchObject({ refundable: payment.amount, refunds: [{ status: 'failed' }] })
      return refund
    })
    expect(await operator.listAttention(id)).toMatchObject([{ kind: 'refund_failed' }])
  },
)

test('an Authorised about nobody knows which payment makes nothing paid; the webhook does', async ({
  shop,
  shopper,
  answering,
  eventsOf,
}) => {
  const anonymous = { merchantReference: undefined, amount: undefined, pspReference: undefined }
  const authorised = changed(() => ({ ...anonymous, resultCode: 'Authorised' }))
  const attempt = await shopper.startBuying(5000)
  const payment = await answering('/payments/details', authorised, () =>
    shopper.submitDetails(attempt, 'requestPayment:ok'),
  )
  expect(payment).toMatchObject({ status: 'processing', outcome: { nextAction: 'wait' } })
  expect(await eventsOf(payment, 'answer_unusable')).toEqual([
    { operation: 'payments/details', reason: expect.stringContaining('names no reference') },
  ])
  const start = changed(() => ({ ...anonymous, resultCode: 'Authorised', action: undefined }))
  const started = await answering('/payments', start, () => shopper.startBuying(5000))
  expect(started.payment).toMatchObject({ status: 'starting', outcome: { nextAction: 'wait' } })

  await postWebhook(shop.server, [signed(authorisationOf(payment))])
  expect(await shopper.getPayment(payment.id)).toMatchObject({ status: 'authorised' })
})

test.for(['merchantReference', 'amount', 'pspReference'])(
  'an Authorised that names only its %s is believed',
  async (name, { shopper, answering }) => {
    const attempt = await shopper.startBuying(5000)
    const { id: merchantReference, amount } = attempt.payment
    const all: Members = { merchantReference, amount, pspReference: 'QFQTPCQ8HXSKGK82' }
    const none = { merchantReference: undefined, amount: undefined, pspReference: undefined }
    const authorised = changed(() => ({ ...none, [name]: all[name], resultCode: 'Authorised' }))
    const payment = await answering('/payments/details', authorised, () =>
      shopper.submitDetails(attempt, 'requestPayment:ok'),
    )
    expect(payment).toMatchObject({ status: 'authorised' })
  },
)

test('a Refused that names nothing is believed: it takes no money', async ({ shopper, answering }) => {
  const attempt = await shopper.startBuying(5000)
  const none = { merchantReference: undefined, amount: undefined, pspReference: undefined }
  const refused = changed(() => ({ ...none, resultCode: 'Refused' }))
  const payment = await answering('/payments/details', refused, () =>
    shopper.submitDetails(attempt, 'requestPayment:ok'),
  )
  expect(payment).toMatchObject({ status: 'refused' })
})

test('a resultCode that nobody knows tells nothing', async ({ shopper, answering, eventsOf }) => {
  const answer = changed(() => ({ resultCode: 'Moonlit' }))
  const started = await answering('/payments', answer, () => shopper.startBuying(5100))
  expect(started).toMatchObject({ requestPayment: null, payment: { status: 'starting', resultCode: null } })
  const attempt = await shopper.startBuying(5100)
  const payment = await answering('/payments/details', answer, () => shopper.pay(attempt))
  expect(payment).toMatchObject({ status: 'processing' })
  expect(await eventsOf(payment, 'answer_unusable')).toEqual([
    { operation: 'payments/details', reason: expect.stringContaining('resultCode') },
  ])
})

test.for<{ name: string; answer: Answering }>([
  {
    name: 'without parameters',
    answer: changed(() => ({ resultCode: 'RedirectShopper', action: undefined })),
  },
  {
    name: 'with a parameter that is longer than WeChat takes',
    answer: changed(({ action }) => {
      const { sdkData, ...rest } = membersOf(action)
      return { action: { ...rest, sdkData: { ...membersOf(sdkData), nonceStr: 'n'.repeat(33) } } }
    }),
  },
])(
  'an answer $name opens no cashier, and the shopper can pay again',
  async ({ answer }, { shopper, answering }) => {
    const order = await shopper.order(5200)
    const attempt = await answering('/payments', answer, () => shopper.startPayment(order))
    expect(attempt).toMatchObject({
      requestPayment: null,
      payment: { status: 'error', outcome: { nextAction: 'pay_again' } },
    })
    expect(await shopper.startPayment(order)).toMatchObject({ payment: { status: 'awaiting_shopper' } })
  },
)

/** Adyen's answer with the members of its action under other names, and others beside them. */
const spelled = (spell: (sdkData: Members) => Members, change: Members = {}): Answering =>
  changed(({ action }) => {
    const { sdkData, ...rest } = membersOf(action)
    return { action: { ...rest, data: spell(membersOf(sdkData)) }, ...change }
  })

test.for<{ name: string; answer: Answering; recorded: Members }>([
  {
    name: 'as Adyen spelled them, but for what no name looks like',
    answer: spelled(
      ({ timeStamp, package: prepay, ...others }) => ({
        'time-stamp': timeStamp,
        'package.value': prepay,
        ...others,
        appId: 'wx0123456789abcdef',
        ['n'.repeat(40)]: 'a value',
        ['n'.repeat(41)]: 'a value',
        'a text': 'a value',
      }),
      { pspReference: 'QFQTPCQ8HXSKGK82' },
    ),
    recorded: {
      names: `other names: ${'n'.repeat(40)} package.value time-stamp`,
      withReference: true,
      withData: true,
    },
  },
  {
    name: 'at most twenty of them',
    answer: spelled((sdkData) => ({
      ...sdkData,
      ...Object.fromEntries(numbered(30).map((name) => [name, 'a value'])),
    })),
    recorded: { names: `other names: ${numbered(20).join(' ')}`, withReference: false, withData: true },
  },
  {
    name: 'none where all are those of WeChat',
    answer: changed(({ action }) => ({ action: { ...membersOf(action), paymentData: undefined } })),
    recorded: { shape: 'action.sdkData', names: 'the names of wx.requestPayment', withData: false },
  },
])(
  'the names of the parameters in an answer are recorded, and no value: $name',
  async ({ answer, recorded }, { shopper, answering, eventsOf }) => {
    const { payment } = await answering('/payments', answer, () => shopper.startBuying(5250))
    expect(await eventsOf(payment, 'cashier_ready')).toMatchObject([
      { answer: { shape: 'action.data', signType: 'RSA', ...recorded } },
    ])
  },
)

test.for([
  { answered: { resultCode: 'Authorised', number: '4200001234202611261234567890' }, kept: true },
  { answered: { resultCode: 'Pending', number: '4200001234202611261234567890' }, kept: false },
  { answered: { resultCode: 'Authorised', number: '4200 0012' }, kept: false },
  { answered: { resultCode: 'Authorised', number: 4200 }, kept: false },
])(
  "WeChat's number of a payment is kept from an answer that the money was taken: $answered",
  async ({ answered: { resultCode, number }, kept }, { shopper, operator, answering }) => {
    const attempt = await shopper.startBuying(5500)
    const answer = changed(() => ({ resultCode, additionalData: { weChatNumber: number } }))
    const payment = await answering('/payments/details', answer, () => shopper.pay(attempt))
    expect(await operator.getPaymentRecord(payment.id)).toMatchObject({
      resultCode,
      wechatTransactionId: kept ? number : null,
    })
  },
)

test('Adyen receives what it must know of a payment, and of what is done with it', async ({
  shopper,
  operator,
  answering,
}) => {
  const sent = new Map<Path, Members>()
  const listening = async (path: Path, action: () => Promise<void>): Promise<void> => {
    const listen: Answering = async (ask, body) => {
      sent.set(path, body)
      return ask()
    }
    await answering(path, listen, action)
  }
  const order = await shopper.order(5600)
  await listening('/payments', async () => {
    const attempt = await shopper.startPayment(order)
    const { id } = attempt.payment
    const start = sent.get('/payments')
    expect(start).toEqual({
      merchantAccount: 'TaelDemoECOM',
      reference: id,
      merchantOrderReference: order.id,
      shopperReference: expect.stringMatching(/^sh_[0-9a-f]{32}$/),
      shopperInteraction: 'Ecommerce',
      amount: { currency: 'CNY', value: 5600 },
      countryCode: 'CN',
      returnUrl: 'https://example.com/return',
      paymentMethod: {
        type: 'wechatpayMiniProgram',
        appId: 'wx0123456789abcdef',
        openid: expect.stringMatching(/^o/),
      },
    })
    const errMsg = await shopper.payAtCashier(attempt)
    await listening('/payments/details', async () => {
      const payment = await shopper.submitDetails(attempt, errMsg)
      expect(sent.get('/payments/details')).toEqual({
        paymentData: expect.stringMatching(/.+/),
        details: { paymentStatus: errMsg },
      })
      await listening('/refunds', async () => {
        const refund = await operator.refund(payment, 700)
        await expect
          .poll(() => sent.get('/refunds'))
          .toEqual({
            merchantAccount: 'TaelDemoECOM',
            amount: { currency: 'CNY', value: 700 },
            reference: refund.id,
          })
      })
    })
    const { payment: second } = await shopper.startBuying(5600)
    expect(sent.get('/payments')?.['shopperReference']).toBe(start?.['shopperReference'])
    await listening('/cancels', async () => {
      await shopper.cancelOrder(second.orderId)
      await expect
        .poll(() => sent.get('/cancels'))
        .toEqual({
          merchantAccount: 'TaelDemoECOM',
          paymentReference: second.id,
          reference: second.id,
        })
    })
  })
})

test('an answer that arrives after the webhook adds what it knows, and takes nothing back', async ({
  shopper,
  operator,
  adyen,
  answering,
}) => {
  const order = await shopper.order(5700)
  const started = await answering(
    '/payments',
    async (ask, sent) => {
      const answer = await ask()
      const about = { id: String(sent['reference']), amount: order.amount }
      await adyen.deliver({ eventCode: 'AUTHORISATION', about, pspReference: 'TOOK-THE-MONEY' })
      return { ...answer, body: { ...answer.body, pspReference: 'ANOTHER' } }
    },
    () => shopper.startPayment(order),
  )
  expect(started).toMatchObject({ requestPayment: null, payment: { status: 'authorised' } })
  const late = await shopper.startBuying(5700)
  const paid = await answering(
    '/payments/details',
    async (ask) => {
      const answer = await ask()
      await adyen.deliver({ eventCode: 'AUTHORISATION', about: late.payment })
      return { ...answer, body: { ...answer.body, resultCode: 'Pending' } }
    },
    () => shopper.submitDetails(late, 'requestPayment:ok'),
  )
  expect(paid).toMatchObject({ status: 'authorised', resultCode: 'Authorised' })
  expect(await operator.getPaymentRecord(started.payment.id)).toMatchObject({
    resultCode: 'Authorised',
    pspReference: 'TOOK-THE-MONEY',
  })
})

/** A text of Adyen's that repeats what it was sent, and what it wants back. */
const indiscreet = ({ openid, paymentData }: Secrets): string => `${openid} did not match ${paymentData}`

interface Secrets {
  readonly openid: string
  readonly paymentData: string
}

test.for([
  { name: 'a cashier that opens', price: 5300, event: 'cashier_ready' },
  { name: 'parameters that open no cashier', price: 5309, event: 'cashier_unusable' },
  { name: 'a refusal', price: 5307, event: 'result' },
])(
  'no event and no line of the log holds an openid or paymentData: $name',
  async ({ price, event }, { shop, shopper, operator, answering, eventsOf }) => {
    let secrets: Secrets | undefined
    const attempt = await answering(
      '/payments',
      async (ask, sent) => {
        const { status, body } = await ask()
        const { openid } = membersOf(sent['paymentMethod'])
        secrets = { openid: String(openid), paymentData: 'Ab02b4c0!BQABAgBpaymentData' }
        const { paymentData } = secrets
        const wanted =
          'action' in body ? { action: { ...membersOf(body['action']), paymentData } } : { paymentData }
        return { status, body: { ...body, ...wanted, refusalReason: indiscreet(secrets) } }
      },
      () => shopper.startBuying(price),
    )
    const { openid, paymentData } = secrets ?? { openid: '', paymentData: '' }
    expect(openid).toMatch(/^o.{20,}/)
    expect(await eventsOf(attempt.payment, event)).toHaveLength(1)
    const record = JSON.stringify(await operator.getPaymentRecord(attempt.payment.id))
    expect(record).not.toContain(attempt.requestPayment?.paySign ?? 'prepay_id')
    const seen = [record, JSON.stringify(attempt), ...shop.server.lines].join('\n')
    expect([openid, paymentData].filter((secret) => seen.includes(secret))).toEqual([])
  },
)

test('no event and no line of the log holds an openid or paymentData: details', async ({
  shop,
  shopper,
  operator,
  answering,
}) => {
  const secrets = { openid: '', paymentData: '' }
  const ids: string[] = []
  const start = () =>
    answering(
      '/payments',
      async (ask, sent) => {
        const answer = await ask()
        secrets.openid = String(membersOf(sent['paymentMethod'])['openid'])
        secrets.paymentData = String(membersOf(answer.body['action'])['paymentData'])
        return answer
      },
      () => shopper.startBuying(5400),
    )
  const answers: readonly Answering[] = [
    (ask, sent) => refusing(422, 'validation', indiscreet(secrets))(ask, sent),
    changed(() => ({ resultCode: 'Refused', refusalReason: indiscreet(secrets) })),
  ]
  for (const answer of answers) {
    const attempt = await start()
    ids.push(attempt.payment.id)
    await answering('/payments/details', answer, () => shopper.pay(attempt))
    const record = JSON.stringify(await operator.getPaymentRecord(attempt.payment.id))
    expect(record).toContain('did not match')
    expect(Object.values(secrets).filter((secret) => record.includes(secret))).toEqual([])
  }
  await waitForLog(shop.server, { msg: 'Adyen refused the call', paymentId: ids[0] })
  const log = shop.server.lines.join('\n')
  expect(Object.values(secrets).filter((secret) => log.includes(secret))).toEqual([])
})
