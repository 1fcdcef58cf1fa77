import { randomUUID } from 'node:crypto'
import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import {
  type Amount,
  type Call,
  createCall,
  NoAnswerError,
  operatorRoutes,
  type OperatorScope,
  type Order,
  type Problem,
  ProblemError,
  shopperRoutes,
  type StartedPayment,
} from '@tael/contracts'
import { credentials, type Environment, type Program } from '@tael/stack'
import type { Pool } from 'pg'
import { vi } from 'vitest'
import type { Step } from '../src/steps.ts'
import * as actors from './actors/index.ts'
import { type Ended, runCommand } from './run-command.ts'

/** A shop, as the tests see it that do not speak of actors yet. */
export interface Shop extends actors.Shop {
  readonly databaseUrl: string
  readonly db: Pool
  anotherServer(env?: Environment): Promise<Program>
}

export async function openShop(
  server: Environment = {},
  simulator: Environment = {},
  postgresUrl?: string,
): Promise<Shop> {
  const shop = await actors.openShop({
    server,
    simulator,
    ...(postgresUrl === undefined ? {} : { postgresUrl }),
  })
  const { database } = shop
  return {
    ...shop,
    databaseUrl: database.url,
    db: database.pool,
    anotherServer: (env) => shop.startServer(env),
  }
}

/** The contracts' client over fetch. */
export function callTo(serverUrl: string): Call {
  return createCall(async ({ method, path, headers, body, timeoutMs }) => {
    const answer = await fetch(serverUrl + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw new NoAnswerError('No answer came.', { cause: error })
    })
    return { status: answer.status, body: await answer.json() }
  })
}

export const newKey = (): string => randomUUID()

/** Sends JSON to the simulator's control routes and reads what it answers. */
export async function simulate(
  shop: Shop,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
): Promise<unknown> {
  const accept = { accept: 'application/json' }
  const sent =
    body === undefined
      ? { method, headers: accept }
      : { method, headers: { ...accept, 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return (await fetch(`${shop.simulator.url}/simulator${path}`, sent)).json()
}

/** The calls the simulator was part of whose label ends in this, one line of JSON each. */
export async function simulatedCalls(shop: Shop, label: string): Promise<string[]> {
  const answer = await simulate(shop, 'GET', '/messages')
  if (
    typeof answer !== 'object' ||
    answer === null ||
    !('messages' in answer) ||
    !Array.isArray(answer.messages)
  ) {
    throw new Error('The simulator tells no messages.')
  }
  const lines = answer.messages.map((message: unknown) => JSON.stringify(message))
  const labelled = new RegExp(`"label":"[^"]*${label}"`)
  return lines.filter((line) => labelled.test(line) && line.includes('"kind":"request"'))
}

/** One call to WeChat: what was sent, and how the simulator labelled its answer. */
export interface WeChatCall {
  readonly sent: string
  readonly answer: string
}

/** The calls to WeChat of this path that are answered, oldest first; of those, the ones that name this. */
export async function weChatCalls(shop: Shop, path: string, named = ''): Promise<WeChatCall[]> {
  const { messages } = readMessages(await simulate(shop, 'GET', '/messages'))
  const answers = new Map(
    messages.filter(({ kind }) => kind === 'answer').map((one) => [one.call, one.label]),
  )
  return messages
    .filter(({ kind, label }) => kind === 'request' && label === `POST ${path}`)
    .map(({ call, body }) => ({ sent: JSON.stringify(body), answer: answers.get(call) ?? '' }))
    .filter(({ sent, answer }) => answer !== '' && sent.includes(named))
}

const Messages = Type.Object({
  messages: Type.Array(
    Type.Object({
      call: Type.Integer(),
      kind: Type.String(),
      label: Type.String(),
      body: Type.Optional(Type.Unknown()),
    }),
  ),
})

function readMessages(value: unknown): Type.Static<typeof Messages> {
  if (Check(Messages, value)) return value
  throw new Error('The simulator tells no messages.')
}

/** Does something while every call that a fault of the simulator can befall meets it; only this call, where one is named. */
export async function withFault<T>(
  shop: Shop,
  name: string,
  action: () => Promise<T>,
  call?: string,
): Promise<T> {
  const aim = call === undefined ? {} : { call }
  await simulate(shop, 'PUT', '/scenario', { faults: [{ name, probability: 1, ...aim }] })
  try {
    return await action()
  } finally {
    await simulate(shop, 'PUT', '/scenario', { faults: [] })
  }
}

/** A code of `wx.login`, as the phone of this shopper gets it. */
export async function loginCode(shop: Shop, shopper: string): Promise<string> {
  const answer = await simulate(shop, 'POST', '/wechat/codes', { shopper })
  return stringIn(answer, 'code')
}

/** Logs a shopper in and returns the session token. */
export async function logIn(shop: Shop, shopper = 'alice'): Promise<string> {
  const { token } = await shop.call(shopperRoutes.login, { body: { code: await loginCode(shop, shopper) } })
  return token
}

/** A product made for a test, at this price; the last two digits choose what the simulator plays. */
export async function addProduct(shop: Shop, value: number, stock = 1000): Promise<string> {
  const id = `test-${randomUUID()}`
  await shop.db.query(
    `with product as (
       insert into products (id, position, name_zh, name_en, stock_free)
       values ($1, (random() * 2000000000)::int, '测试', 'Test', $2)
     ), intake as (
       insert into stock_intakes (product_id, pieces) select $1, $2 where $2 <> 0
     ) insert into product_prices (product_id, currency, value) values ($1, 'CNY', $3)`,
    [id, stock, value],
  )
  return id
}

/** Orders one piece of a product that costs this much. */
export async function order(shop: Shop, token: string, value: number): Promise<Order> {
  const productId = await addProduct(shop, value)
  const body = { lines: [{ productId, quantity: 1 }] }
  return shop.call(shopperRoutes.createOrder, { idempotencyKey: newKey(), body }, { token })
}

/** Starts an attempt to pay an order at its own amount. */
export function pay(
  shop: Shop,
  token: string,
  { id, amount }: { id: string; amount: Amount },
): Promise<StartedPayment> {
  return shop.call(
    shopperRoutes.startPayment,
    { idempotencyKey: newKey(), body: { orderId: id, amount } },
    { token },
  )
}

/** What the shopper does at the cashier that these parameters open. Returns what `wx.requestPayment` says. */
export async function atCashier(shop: Shop, started: StartedPayment, tap: 'pay' | 'cancel'): Promise<string> {
  const parameters = started.requestPayment
  if (parameters === null) throw new Error('There is nothing to open a cashier with.')
  const opened = await simulate(shop, 'POST', '/cashier', { appId: credentials.WECHAT_APP_ID, ...parameters })
  const prepayId = stringIn(opened, 'prepayId')
  return stringIn(await simulate(shop, 'POST', `/cashier/${prepayId}/${tap}`), 'errMsg')
}

/** Passes on what `wx.requestPayment` said. */
export function submit(shop: Shop, token: string, paymentId: string, paymentStatus: string) {
  return shop.call(
    shopperRoutes.submitPaymentDetails,
    { body: { paymentId, details: { paymentStatus } } },
    { token },
  )
}

/** What lets a server die at a step of apps/server/src/steps.ts. */
export function dyingAt(step: Step): Environment {
  return { KILL_AT: step, NODE_OPTIONS: `--import ${new URL('kill-at.ts', import.meta.url).href}` }
}

/** Runs one of the server's commands on this shop's database. */
export function command(shop: Shop, ...args: string[]): Promise<Ended> {
  return commandWith(shop, {}, ...args)
}

/** Runs it in an environment that says this besides. */
export function commandWith(shop: Shop, more: Environment, ...args: string[]): Promise<Ended> {
  return runCommand(args, { ...credentials, DATABASE_URL: shop.databaseUrl, ...more }, '.')
}

/** Makes a key of an operator, allowed this. */
export async function operatorKey(shop: Shop, ...scopes: OperatorScope[]): Promise<string> {
  const allowed = scopes.flatMap((scope) => ['--scope', scope])
  const { out, err } = await command(shop, 'create-operator-key', '--name', 'Olga', ...allowed)
  const key = /^tael_\S+$/m.exec(out)?.[0]
  if (key === undefined) throw new Error(`No key was made: ${err}`)
  return key
}

/** Gives this much of a payment back, as an operator. */
export function refund(
  shop: Shop,
  key: string,
  paymentId: string,
  amount: Amount,
  idempotencyKey = newKey(),
) {
  const input = { params: { paymentId }, body: { amount }, idempotencyKey }
  return shop.call(operatorRoutes.createRefund, input, { token: key })
}

/** A payment that was paid, with its order. */
export async function paid(shop: Shop, token: string, value: number): Promise<StartedPayment> {
  const started = await pay(shop, token, await order(shop, token, value))
  await submit(shop, token, started.payment.id, await atCashier(shop, started, 'pay'))
  return started
}

/** Lets this much time pass for everything the server keeps: what is due by then is done as soon as a job looks. */
export async function passTime(shop: Shop, seconds: number): Promise<void> {
  const shift = [
    ['orders', 'created_at', 'expires_at'],
    ['payments', 'created_at', 'updated_at'],
    ['refunds', 'created_at', 'updated_at'],
    ['adyen_calls', 'started_at', 'leased_until'],
  ]
  const back = `- make_interval(secs => ${seconds})`
  for (const [table, ...columns] of shift) {
    const set = columns.map((column) => `${column} = ${column} ${back}`).join(', ')
    await shop.db.query(`update ${table} set ${set}`)
  }
  await shop.db.query(
    `update pgboss.job set start_after = start_after ${back} where state in ('created', 'retry')`,
  )
}

/** Changes records behind the server's back, also those that its triggers keep as they are. */
export async function tamper(shop: Shop, sql: string, values: unknown[] = []): Promise<void> {
  await shop.database.tamper(sql, values)
}

/** Waits until Adyen's webhooks have all been delivered. */
export async function idle(shop: Shop): Promise<void> {
  await simulate(shop, 'POST', '/idle')
}

/** The problem that a call is answered with. Throws where it is accepted. */
export async function refusal(call: Promise<unknown>): Promise<Problem> {
  try {
    await call
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
  throw new Error('The call was accepted.')
}

/** Waits until a program's log says this: its lines reach us a moment after its answers. */
export async function logged(program: Program, words: RegExp, timeout = 5_000): Promise<string> {
  await vi.waitUntil(() => words.test(program.lines.join('\n')), { timeout, interval: 10 })
  return program.lines.join('\n')
}

/** One row of the database. */
export async function row(shop: Shop, sql: string, values: unknown[] = []): Promise<Record<string, unknown>> {
  const { rows } = await shop.db.query<Record<string, unknown>>(sql, values)
  if (rows[0] === undefined) throw new Error(`No row: ${sql}`)
  return rows[0]
}

/** The text under a key of an unknown value. Throws where there is none. */
export function stringIn(value: unknown, key: string): string {
  const found: unknown =
    typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined
  if (typeof found !== 'string') throw new Error(`There is no ${key} in ${JSON.stringify(value)}.`)
  return found
}
