import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { WireItem, PaymentResponse, readCashierData, readPaymentData } from '@tael/adyen'
import { Agent, fetch, type Headers } from 'undici'
import { onTestFinished } from 'vitest'
import type { Config } from '../src/config.ts'
import { createSimulator, type SimulatorOptions } from '../src/simulator.ts'

export const APP_ID = 'wx0123456789abcdef'
const MERCHANT_ACCOUNT = 'TaelTest'

export const baseConfig: Config = {
  port: 0,
  adyenApiKey: 'test-api-key',
  reportApiKey: 'report-api-key',
  merchantAccount: MERCHANT_ACCOUNT,
  hmacKey: '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
  webhookUrl: '',
  webhookUsername: 'webhook-user',
  webhookPassword: 'webhook-password',
  wechatAppId: APP_ID,
  wechatAppSecret: 'app-secret',
  transactionIdField: undefined,
  requestDomains: ['https://shop.example'],
  templateId: 'template-1',
  templateFields: ['amount2', 'thing4'],
  seed: 1,
  speed: 1_000,
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export interface Webhook {
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
  readonly item: WireItem
}

const Envelope = Type.Object({
  live: Type.Literal('false'),
  notificationItems: Type.Array(Type.Object({ NotificationRequestItem: WireItem }), {
    minItems: 1,
    maxItems: 1,
  }),
})

/** Returns a value that must match this schema. */
export function read<S extends Type.TSchema>(schema: S, value: unknown): Type.Static<S> {
  if (!Check(schema, value)) throw new TypeError(`Unexpected value: ${JSON.stringify(value)}`)
  return value
}

/** Receives webhooks as a merchant does. `answer` returns the status for each, counted from 1. */
async function receiveWebhooks(
  answer: (count: number) => number,
): Promise<{ url: string; received: Webhook[] }> {
  const received: Webhook[] = []
  const server = createServer((request, response) => void receive(request, response))
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await json(request)
    const [first] = read(Envelope, body).notificationItems
    if (first !== undefined)
      received.push({ headers: request.headers, body, item: first.NotificationRequestItem })
    response.writeHead(answer(received.length)).end('[accepted]')
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new TypeError('The webhook receiver has no port.')
  return { url: `http://127.0.0.1:${address.port}/webhooks/adyen`, received }
}

export interface MerchantOptions extends SimulatorOptions {
  readonly config?: Partial<Config>
  readonly answerWebhook?: (count: number) => number
}

/** Starts a simulator, and a merchant who calls it over HTTP. Both end with the test. */
export async function openShop({ config, answerWebhook = () => 202, ...options }: MerchantOptions = {}) {
  const { url: webhookUrl, received } = await receiveWebhooks(answerWebhook)
  const simulator = createSimulator({ ...baseConfig, webhookUrl, ...config }, options)
  const url = await simulator.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => simulator.close())
  const ca = options.https?.cert
  const agent = new Agent(ca === undefined ? {} : { connect: { ca } })
  onTestFinished(() => agent.close())
  return { ...createMerchant(url, agent), webhooks: received }
}

export type Merchant = ReturnType<typeof createMerchant>

/** The calls of a merchant and of a shopper's phone, and the simulator's control routes. */
function createMerchant(url: string, dispatcher: Agent) {
  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<HttpAnswer> {
    const answer = await fetch(url + path, {
      dispatcher,
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }
  const checkout = (path: string, body: unknown, idempotencyKey?: string, version = 'v72') =>
    send('POST', `/${version}${path}`, body, {
      'x-api-key': baseConfig.adyenApiKey,
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    })
  const session = (query: Record<string, string>) =>
    send('GET', `/sns/jscode2session?${new URLSearchParams(query).toString()}`)

  async function code(shopper = 'alice'): Promise<string> {
    const { body } = await send('POST', '/simulator/wechat/codes', { shopper })
    return read(Type.Object({ code: Type.String() }), body).code
  }

  async function login(shopper = 'alice'): Promise<string> {
    const { body } = await session(sessionQuery(await code(shopper)))
    return read(Type.Object({ openid: Type.String() }), body).openid
  }

  return {
    url,
    send,
    checkout,
    session,
    code,
    login,
    waitUntilIdle: () => send('POST', '/simulator/idle'),
    forward: (forwardMs: number) => send('POST', '/simulator/clock', { forwardMs }),
    setSwitches: (switches: object) => send('PUT', '/simulator/scenario', switches),
    openCashier: (parameters: object) => send('POST', '/simulator/cashier', parameters),
    tap: (prepayId: string, verb: 'pay' | 'cancel') => send('POST', `/simulator/cashier/${prepayId}/${verb}`),
    ledger: async () => read(LedgerReport, (await send('GET', '/simulator/ledger')).body).payments,
    callLog: async () => read(CallLog, (await send('GET', '/simulator/messages')).body).messages,
  }
}

const LedgerReport = Type.Object({
  payments: Type.Array(
    Type.Object({
      pspReference: Type.String(),
      merchantReference: Type.String(),
      result: Type.String(),
      scenario: Type.String(),
      paid: Type.Integer(),
      refunded: Type.Integer(),
    }),
  ),
})

const CallLog = Type.Object({
  messages: Type.Array(
    Type.Object({
      id: Type.Integer(),
      at: Type.String(),
      call: Type.Integer(),
      from: Type.String(),
      to: Type.String(),
      kind: Type.Union([Type.Literal('request'), Type.Literal('answer')]),
      label: Type.String(),
      status: Type.Optional(Type.Integer()),
      headers: Type.Optional(Type.Record(Type.String(), Type.String())),
      body: Type.Optional(Type.Unknown()),
    }),
  ),
})

export function sessionQuery(code: string): Record<string, string> {
  return { appid: APP_ID, secret: 'app-secret', js_code: code, grant_type: 'authorization_code' }
}

/** The body of `/payments` for a shopper of this openid. */
export function paymentBody(openid: string, value: number, reference: string) {
  return {
    merchantAccount: MERCHANT_ACCOUNT,
    reference,
    amount: { currency: 'CNY', value },
    returnUrl: 'https://shop.example/return',
    countryCode: 'CN',
    shopperReference: 'shopper-1',
    merchantOrderReference: `order-of-${reference}`,
    shopperInteraction: 'Ecommerce' as const,
    paymentMethod: { type: 'wechatpayMiniProgram' as const, appId: APP_ID, openid },
  }
}

/** The cashier parameters, prepay_id and paymentData in the answer to `/payments`. */
export function readCashier(body: unknown) {
  const answer = read(PaymentResponse, body)
  const cashier = readCashierData(answer, APP_ID)
  if (cashier.kind !== 'ready') throw new TypeError(`No cashier parameters: ${JSON.stringify(cashier)}`)
  return {
    parameters: { appId: APP_ID, ...cashier.parameters },
    prepayId: cashier.parameters.package.slice('prepay_id='.length),
    paymentData: readPaymentData(answer) ?? '',
  }
}

/** Starts a payment that opens a cashier. */
export async function startPayment(merchant: Merchant, value: number, reference: string) {
  const openid = await merchant.login()
  const { body } = await merchant.checkout('/payments', paymentBody(openid, value, reference), reference)
  return readCashier(body)
}

/** Sends the callback to Adyen. */
export async function sendDetails(merchant: Merchant, paymentData: string, errMsg: string, key: string) {
  return merchant.checkout('/payments/details', { paymentData, details: { paymentStatus: errMsg } }, key)
}
