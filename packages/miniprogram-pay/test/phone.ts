import { outcomes, problems, type ProblemCode, type WireAnswer } from '@tael/contracts'
import { vi } from 'vitest'
import { payment } from './samples.ts'

export type Answer = WireAnswer | 'lost'

/** A call of the Mini Program to the phone. */
interface Event {
  readonly what: string
  readonly body?: unknown
  readonly key?: string
  /** The bearer token of a request. */
  readonly token?: string
}

/**
 * The parts of a phone that the payment flow uses: WeChat does not run here. Each test decides what
 * the cashier and the server answer; every call is recorded.
 */
export interface Phone {
  readonly events: Event[]
  readonly storage: Map<string, unknown>
  /** Answers a request; by default as the server does for a payment that gets paid. */
  answer: (call: string) => Answer | Promise<Answer>
  /** The errMsg of the cashier; null where it never calls back. */
  errMsg: string | null
  complete: (errMsg: string) => void
  confirm: boolean
  /** Whether `wx.login` succeeds. */
  login: boolean
  /** Whether the storage is full. */
  full: boolean
  navigation: Promise<void>
  /** WeChat shows the Mini Program again. */
  show(): void
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

/** The server that the Mini Program's development version names. */
export const SERVER = 'http://127.0.0.1:8600'

function paidServer(call: string): Answer {
  if (call === 'POST /payments')
    return answerOf(201, { payment: payment('awaiting_shopper'), requestPayment })
  return answerOf(200, { ...payment('authorised'), outcome: outcomes.authorised })
}

function requestEvent(what: string, data: string | undefined, header: RequestOptions['header'] = {}): Event {
  const body: unknown = data === undefined ? undefined : JSON.parse(data)
  const key = header['idempotency-key']
  const token = header['authorization']?.replace('Bearer ', '')
  return { what, body, ...(key === undefined ? {} : { key }), ...(token === undefined ? {} : { token }) }
}

/** A logged-in phone; the Mini Program on it has to be loaded or created afterwards. */
export function openPhone(storage: Iterable<readonly [string, unknown]> = []): Phone {
  const session = { token: 't'.repeat(43), expiresAt: '2030-01-01T00:00:00.000Z' }
  const events: Event[] = []
  const listeners = new Set<() => void>()
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
    showModal: async (options: object) => {
      events.push({ what: 'showModal', body: options })
      return { confirm: phone.confirm }
    },
    navigateTo: open('navigateTo'),
    redirectTo: open('redirectTo'),
    request: async ({ url, method, data, header, success, fail }: RequestOptions) => {
      const call = `${method} ${url.replace(SERVER, '').replace(/\?.*/, '')}`
      events.push(requestEvent(call, data, header))
      const answer = await phone.answer(call)
      if (answer === 'lost') fail({ errMsg: 'request:fail timeout' })
      else success({ statusCode: answer.status, data: answer.body })
    },
    onAppShow: (listener: () => void) => listeners.add(listener),
    offAppShow: (listener: () => void) => listeners.delete(listener),
    requestPayment: ({ complete, ...parameters }: { complete: (result: object) => void }) => {
      events.push({ what: 'requestPayment', body: parameters })
      phone.complete = (errMsg) => complete({ errMsg })
      if (phone.errMsg !== null) phone.complete(phone.errMsg)
    },
  })
  const phone: Phone = {
    events,
    storage: new Map<string, unknown>([['tael.session', session], ...storage]),
    answer: paidServer,
    errMsg: 'requestPayment:ok',
    complete: () => {
      throw new Error('The cashier was never opened.')
    },
    confirm: true,
    login: true,
    full: false,
    navigation: Promise.resolve(),
    show: () => listeners.forEach((listener) => listener()),
    names: () => events.map(({ what }) => what),
  }
  return phone
}

interface RequestOptions {
  readonly url: string
  readonly method: string
  readonly data?: string
  readonly header?: Readonly<Record<string, string>>
  readonly success: (result: object) => void
  readonly fail: (result: { errMsg: string }) => void
}
