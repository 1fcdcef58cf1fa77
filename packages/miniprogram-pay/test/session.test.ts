import { shopperRoutes } from '@tael/contracts'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Answer, answerOf, problemAnswer } from './phone.ts'
import { openProgram, type Program } from './program.ts'
import { payment } from './samples.ts'

const session = (token: string): Answer =>
  answerOf(201, { token: token.repeat(43), expiresAt: '2030-01-01T00:00:00.000Z' })
const found = answerOf(200, payment('processing'))
const read = { params: { paymentId: 'pay_1' } }

/** A phone whose server answers logins and other calls like this; both are told how often it was asked. */
function openPhoneWith(
  stored: Iterable<readonly [string, unknown]>,
  login: (asked: number) => Answer,
  others: (asked: number) => Answer | Promise<Answer>,
): Program {
  const phone = openProgram(stored)
  const asked = { logins: 0, others: 0 }
  phone.answer = (call) => {
    if (call === 'POST /login') return login((asked.logins += 1))
    return others((asked.others += 1))
  }
  return phone
}

const noSession: Iterable<readonly [string, unknown]> = [['tael.session', '']]

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Reads a payment as the shopper, however long that takes. Returns the code of the problem, where there is one. */
async function readPayment(
  { tael: { callAsShopper } }: Program,
  options?: { readonly once?: boolean },
): Promise<unknown> {
  const reading = callAsShopper(shopperRoutes.getPayment, read, options).catch((error: unknown) =>
    String(error),
  )
  await vi.runAllTimersAsync()
  return reading
}

const login = ['login', 'POST /login', 'store tael.session']
const get = 'GET /payments/pay_1'

describe('a phone without a session', () => {
  test('logs in once for calls side by side, and not again for the next', async () => {
    const phone = openPhoneWith(
      noSession,
      () => session('a'),
      () => found,
    )
    const { callAsShopper } = phone.tael
    await Promise.all([1, 2, 3].map(() => callAsShopper(shopperRoutes.getPayment, read)))
    await callAsShopper(shopperRoutes.getPayment, read)
    expect(phone.names()).toEqual([...login, get, get, get, get])
    expect(phone.storage.get('tael.session')).toMatchObject({ token: 'a'.repeat(43) })
    expect(phone.events.find(({ what }) => what === 'POST /login')).not.toHaveProperty('token')
  })

  test('replaces a code that is dead by then once, and then says so', async () => {
    const revived = openPhoneWith(
      noSession,
      (asked) => (asked === 1 ? problemAnswer('login_code_invalid') : session('a')),
      () => found,
    )
    expect(await readPayment(revived)).toMatchObject({ id: 'pay_1' })
    expect(revived.names()).toEqual(['login', 'POST /login', ...login, get])

    const dead = openPhoneWith(
      noSession,
      () => problemAnswer('login_code_invalid'),
      () => found,
    )
    expect(await readPayment(dead)).toContain('login_code_invalid')
    expect(dead.names()).toEqual(['login', 'POST /login', 'login', 'POST /login'])
  })

  test('does not log in again where the server refuses the login', async () => {
    const phone = openPhoneWith(
      noSession,
      () => problemAnswer('login_blocked'),
      () => found,
    )
    expect(await readPayment(phone)).toContain('login_blocked')
    expect(phone.names()).toEqual(['login', 'POST /login'])
  })
})

describe('a session that has ended', () => {
  const ended = problemAnswer('session_required')

  test('is replaced, and the call repeated with the new one', async () => {
    const phone = openPhoneWith(
      [],
      () => session('b'),
      (asked) => (asked === 1 ? ended : found),
    )
    expect(await readPayment(phone)).toMatchObject({ id: 'pay_1' })
    expect(phone.names()).toEqual([get, 'forget tael.session', ...login, get])
    // Its token distinguishes this login from those of strangers at the same address.
    const { token } = phone.events.find(({ what }) => what === 'POST /login') ?? {}
    expect(token).toBe('t'.repeat(43))
  })

  test('is replaced once: a server that knows no session is not asked for ever', async () => {
    const phone = openPhoneWith(
      [],
      () => session('b'),
      () => ended,
    )
    expect(await readPayment(phone)).toContain('session_required')
    expect(phone.names().filter((name) => name === 'POST /login')).toHaveLength(1)
  })

  test('of calls side by side is replaced by the first, whose session the others use', async () => {
    const hasLoggedIn = () => phone.names().includes('store tael.session')
    const phone = openPhoneWith(
      [],
      () => session('b'),
      async (asked) => {
        if (asked > 2) return found
        // The second call hears of it only when the first has logged in.
        if (asked === 2) await vi.waitUntil(hasLoggedIn, { timeout: 60_000 })
        return ended
      },
    )
    const { callAsShopper } = phone.tael
    await Promise.all([1, 2].map(() => callAsShopper(shopperRoutes.getPayment, read)))
    expect(phone.names().filter((name) => name === 'POST /login')).toHaveLength(1)
    expect(phone.names().filter((name) => name === get)).toHaveLength(4)
  })
})

describe('a call that may not be repeated', () => {
  test('is sent once, where any other is sent four times', async () => {
    const once = openPhoneWith(
      [],
      () => session('a'),
      () => 'lost',
    )
    expect(await readPayment(once, { once: true })).toContain('timeout')
    expect(once.names()).toEqual([get])

    const repeated = openPhoneWith(
      [],
      () => session('a'),
      () => 'lost',
    )
    expect(await readPayment(repeated)).toContain('timeout')
    expect(repeated.names()).toEqual([get, get, get, get])
  })
})

describe('what the phone stored in another version', () => {
  test.each([
    ['tael.session', { token: 'short' }],
    ['tael.session', 'text'],
    ['tael.session', null],
  ])('is ignored where it is not understood: %s %j', async (key, value) => {
    const phone = openPhoneWith(
      [[key, value]],
      () => session('a'),
      () => found,
    )
    expect(await readPayment(phone)).toMatchObject({ id: 'pay_1' })
    expect(phone.names()).toEqual([...login, get])
  })
})

/** What wx.request is called with. */
interface Sent {
  readonly url: string
  readonly method: string
  readonly header: object
  readonly timeout: number
  readonly data?: string
  readonly success: (result: object) => void
}

/** Records every option of every request, and answers each with a payment. */
function recordRequests(): readonly Sent[] {
  const sent: Sent[] = []
  const wx: unknown = Reflect.get(globalThis, 'wx')
  vi.stubGlobal('wx', {
    ...(typeof wx === 'object' ? wx : {}),
    request: (options: Sent) => {
      sent.push(options)
      options.success({ statusCode: 200, data: payment('processing') })
    },
  })
  return sent
}

describe('a request of the phone', () => {
  test('goes to the server of its version with its session, and a POST always has a body', async () => {
    const { callAsShopper } = openProgram().tael
    const sent = recordRequests()
    await callAsShopper(shopperRoutes.getPayment, read)
    const body = { paymentId: 'pay_1', details: { paymentStatus: 'requestPayment:ok' } }
    await callAsShopper(shopperRoutes.submitPaymentDetails, { body })
    await callAsShopper(shopperRoutes.cancelOrder, { params: { orderId: 'ord_1' } }).catch(String)
    const authorization = `Bearer ${'t'.repeat(43)}`
    expect(sent).toMatchObject([
      {
        url: 'http://127.0.0.1:8600/payments/pay_1',
        method: 'GET',
        header: { authorization },
        timeout: 15_000,
      },
      {
        url: 'http://127.0.0.1:8600/payments/details',
        method: 'POST',
        header: { authorization, 'content-type': 'application/json' },
        data: JSON.stringify(body),
      },
      { url: 'http://127.0.0.1:8600/orders/ord_1/cancel', method: 'POST', data: '{}' },
    ])
    expect(sent[0]).not.toHaveProperty('data')
  })

  test('that waits for a change names the version it has, and waits longer than the server does', async () => {
    const { tael } = openProgram()
    const sent = recordRequests()
    const known = { ...payment('processing'), version: 7 }
    await tael.watchPayment('pay_1', { onPayment: () => {} }, () => sent.length > 0, known)
    const { searchParams } = new URL(sent[0]?.url ?? '')
    const waitMs = Number(searchParams.get('waitMs'))
    expect(searchParams.get('afterVersion')).toBe('7')
    expect(waitMs).toBeGreaterThanOrEqual(10_000)
    // The longest wait that the server offers.
    expect(waitMs).toBeLessThanOrEqual(shopperRoutes.getPayment.query.properties.waitMs.maximum ?? 0)
    expect(sent[0]?.timeout).toBeGreaterThan(waitMs + 5_000)
  })
})
