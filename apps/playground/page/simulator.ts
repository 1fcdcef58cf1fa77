/** What the cashier shows (POST /simulator/cashier). `value` counts minor units. */
export interface OpenCashier {
  readonly prepayId: string
  readonly amount: { readonly currency: string; readonly value: number }
}

/** One half of a call the simulator took part in (GET /simulator/messages). */
export interface SimulatorMessage {
  readonly id: number
  readonly at: string
  readonly call: number
  readonly from: Party
  readonly to: Party
  readonly kind: 'request' | 'answer'
  readonly label: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export type Party = 'miniprogram' | 'server' | 'adyen' | 'wechat'

export interface Scenario {
  readonly name: string
  readonly description: string
}

/** The simulator did not do what was asked; the message is for the developer. */
class SimulatorError extends Error {
  override readonly name = 'SimulatorError'
}

async function send(method: string, path: string, body?: object): Promise<Response> {
  const url = `/simulator${path}`
  try {
    return await fetch(url, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  } catch (cause) {
    throw new SimulatorError(`The simulator does not answer (${method} ${url}).`, { cause })
  }
}

/** Answers of the simulator are trusted to have its shapes: it is part of this repository. */
async function call<T>(read: (answer: T) => T, method: string, path: string, body?: object): Promise<T> {
  const response = await send(method, path, body)
  if (!response.ok) throw new SimulatorError(`${method} /simulator${path} answered HTTP ${response.status}.`)
  return read(await response.json())
}

/** What `wx.login` does: a code for the shopper of this phone. */
export async function issueLoginCode(shopper: string): Promise<string> {
  const { code } = await call((answer: { code: string }) => answer, 'POST', '/wechat/codes', { shopper })
  return code
}

/** Opens the cashier, or says with WeChat's own words why it does not open. */
export async function openCashier(
  appId: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<OpenCashier | { readonly errMsg: string }> {
  const response = await send('POST', '/cashier', { appId, ...parameters })
  if (response.status !== 201 && response.status !== 422)
    throw new SimulatorError(`POST /simulator/cashier answered HTTP ${response.status}.`)
  return response.json()
}

/** The shopper confirms with the password, or closes the cashier. Gives the errMsg of `wx.requestPayment`. */
export async function tapCashier(prepayId: string, verb: 'pay' | 'cancel'): Promise<string> {
  const path = `/cashier/${encodeURIComponent(prepayId)}/${verb}`
  return (await call((answer: { errMsg: string }) => answer, 'POST', path, {})).errMsg
}

export async function listScenarios(): Promise<readonly Scenario[]> {
  const { scenarios } = await call((answer: { scenarios: Scenario[] }) => answer, 'GET', '/scenarios')
  return scenarios
}

/** Which scenario the next payments play; null lets the amount decide. */
export async function currentScenario(): Promise<string | null> {
  return (await call((answer: { scenario: string | null }) => answer, 'GET', '/scenario')).scenario
}

export async function setScenario(scenario: string | null): Promise<void> {
  await call((answer: object) => answer, 'PUT', '/scenario', { scenario })
}

export interface Watcher {
  readonly receive: (message: SimulatorMessage) => void
  /** The simulator is gone, or here again. */
  readonly onReachable: (reachable: boolean) => void
}

const AGAIN_MS = 1_000

/**
 * Listens to every message, past ones first, each once. A browser gives a stream up for good where the answer is no
 * stream, as the playground's server gives while the simulator restarts: then it is opened anew.
 */
export function watchMessages({ receive, onReachable }: Watcher): void {
  const isNew = createNews()
  const open = (): void => {
    const stream = new EventSource('/simulator/messages')
    stream.addEventListener('open', () => onReachable(true))
    stream.addEventListener('error', () => {
      onReachable(false)
      if (stream.readyState === EventSource.CLOSED) setTimeout(open, AGAIN_MS)
    })
    stream.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const message: SimulatorMessage = JSON.parse(data)
      if (isNew(message)) receive(message)
    })
  }
  open()
}

/** Tells a message from one that a new stream repeats. A simulator that restarted counts from 1 again, at a later time. */
export function createNews(): (message: Pick<SimulatorMessage, 'id' | 'at'>) => boolean {
  let last = { id: 0, at: '' }
  return ({ id, at }) => {
    if (at < last.at || (at === last.at && id <= last.id)) return false
    last = { id, at }
    return true
  }
}
