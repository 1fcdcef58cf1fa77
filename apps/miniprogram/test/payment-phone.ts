import { outcomes, problems, type Payment, type ProblemCode, type WireAnswer } from '@tael/contracts'
import { vi } from 'vitest'
import { payment } from './samples.ts'

/** What services/payment.ts offers; its types need WeChat's globals, which clash with those of Node. */
interface PaymentFlow {
  pay(orderId: string, shown: object): Promise<void>
  takeUp(): Promise<{ payment: Payment | null } | null>
  readPayment(paymentId: string): Promise<Payment>
  wasShown(payment: Payment): void
  checkout(lines: readonly object[], shown: object): Promise<void>
  backInForeground(): void
}

export type Answer = WireAnswer | 'lost'

/** What the Mini Program asked the phone for, in its order. */
interface Event {
  readonly what: string
  readonly body?: unknown
  readonly key?: string
}

/**
 * The phone around the payment flow, as far as it needs one: there is no WeChat to run here. What the cashier and the
 * server do is decided by each test; every call is written down.
 */
export interface Phone {
  readonly flow: PaymentFlow
  readonly events: Event[]
  readonly storage: Map<string, unknown>
  /** Answers a request; by default the server of a payment that is paid. */
  answer: (call: string) => Answer | Promise<Answer>
  /** What the cashier says; null for nothing, ever. */
  errMsg: string | null
  complete: (errMsg: string) => void
  confirm: boolean
  /** Whether `wx.login` gives a code. */
  login: boolean
  /** Whether the storage takes anything more. */
  full: boolean
  navigation: Promise<void>
  names(): readonly string[]
}

export function answerOf(status: number, body: unknown): Answer {
  return { status, body }
}

export function problemAnswer(code: ProblemCode, more: object = {}): Answer {
  const { status, title } = problems[code]
  const type = `urn:tael:problem:${code}`
  return { status, body: { type, title, status, detail: '', code, requestId: 'r', ...more } }
}

export const requestPayment = {
  timeStamp: '1566293461',
  nonceStr: 'n',
  package: 'prepay_id=wx1',
  signType: 'RSA',
  paySign: 's',
}

function paidServer(call: string): Answer {
  if (call === 'POST /payments')
    return answerOf(201, { payment: payment('awaiting_shopper'), requestPayment })
  return answerOf(200, { ...payment('authorised'), outcome: outcomes.authorised })
}

/** A phone with a session whose Mini Program has just started: the flow's module is loaded anew. */
export async function openPhone(storage: Iterable<readonly [string, unknown]> = []): Promise<Phone> {
  vi.resetModules()
  const session = { token: 't'.repeat(43), expiresAt: '2030-01-01T00:00:00.000Z' }
  const events: Event[] = []
  const open = (api: string) => (options: { url: string }) => {
    events.push({ what: `${api} ${options.url}` })
    return phone.navigation
  }
  vi.stubGlobal('getCurrentPages', () => [{ route: 'pages/order/order' }])
  vi.stubGlobal('wx', {
    getStorageSync: (key: string) => phone.storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => {
      if (phone.full) throw new Error('setStorageSync:fail exceed max storage size')
      phone.storage.set(key, structuredClone(value))
      events.push({ what: `store ${key}`, body: value })
    },
    removeStorageSync: (key: string) => {
      phone.storage.delete(key)
      events.push({ what: `forget ${key}` })
    },
    login: ({ success, fail }: { success: (result: object) => void; fail: (result: object) => void }) => {
      events.push({ what: 'login' })
      if (phone.login) success({ code: 'c' })
      else fail({ errMsg: 'login:fail network' })
    },
    getRandomValues: async ({ length }: { length: number }) => ({
      randomValues: crypto.getRandomValues(new Uint8Array(length)).buffer,
    }),
    getAccountInfoSync: () => ({ miniProgram: { envVersion: 'develop' } }),
    getAppBaseInfo: () => ({ language: 'en' }),
    showModal: async () => {
      events.push({ what: 'showModal' })
      return { confirm: phone.confirm }
    },
    navigateTo: open('navigateTo'),
    redirectTo: open('redirectTo'),
    request: async ({ url, method, data, header, success, fail }: RequestOptions) => {
      const call = `${method} ${url.replace('http://127.0.0.1:8600', '').replace(/\?.*/, '')}`
      const body: unknown = data === undefined ? undefined : JSON.parse(data)
      const key = header['idempotency-key']
      events.push({ what: call, body, ...(key === undefined ? {} : { key }) })
      const answer = await phone.answer(call)
      if (answer === 'lost') fail({ errMsg: 'request:fail timeout' })
      else success({ statusCode: answer.status, data: answer.body })
    },
    requestPayment: ({ complete, ...parameters }: { complete: (result: object) => void }) => {
      events.push({ what: 'requestPayment', body: parameters })
      phone.complete = (errMsg) => complete({ errMsg })
      if (phone.errMsg !== null) phone.complete(phone.errMsg)
    },
  })
  const flow: PaymentFlow = await import(new URL('../src/services/payment.ts', import.meta.url).href)
  const phone: Phone = {
    flow,
    events,
    storage: new Map<string, unknown>([['session', session], ...storage]),
    answer: paidServer,
    errMsg: 'requestPayment:ok',
    complete: () => {
      throw new Error('The cashier was never opened.')
    },
    confirm: true,
    login: true,
    full: false,
    navigation: Promise.resolve(),
    names: () => events.map(({ what }) => what),
  }
  return phone
}

interface RequestOptions {
  readonly url: string
  readonly method: string
  readonly data?: string
  readonly header: Readonly<Record<string, string>>
  readonly success: (result: object) => void
  readonly fail: (result: { errMsg: string }) => void
}
