import type { Amount } from '@tael/contracts'

/** The content of the cashier (POST /simulator/cashier). */
export interface OpenCashier {
  readonly prepayId: string
  readonly amount: Amount
}

export interface Scenario {
  readonly name: string
  /** The last two digits of an amount that choose it. */
  readonly digits: string
  readonly description: string
  /** What the shopper must do in the cashier for it to happen. */
  readonly shopper: 'pays' | 'cancels'
}

/** The simulator did not answer, or refused; the message is for the developer. */
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

/** Trusts the simulator's answers to have their shapes, as it is part of this repository. */
async function call<T>(read: (answer: T) => T, method: string, path: string, body?: object): Promise<T> {
  const response = await send(method, path, body)
  if (!response.ok) throw new SimulatorError(`${method} /simulator${path} answered HTTP ${response.status}.`)
  return read(await response.json())
}

/** The code that `wx.login` returns to the shopper of this phone. */
export async function issueLoginCode(shopper: string): Promise<string> {
  const { code } = await call((answer: { code: string }) => answer, 'POST', '/wechat/codes', { shopper })
  return code
}

/** Opens the cashier, or returns WeChat's reason why it does not open. */
export async function openCashier(
  appId: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<OpenCashier | { readonly errMsg: string }> {
  const response = await send('POST', '/cashier', { appId, ...parameters })
  if (response.status !== 201 && response.status !== 422)
    throw new SimulatorError(`POST /simulator/cashier answered HTTP ${response.status}.`)
  return response.json()
}

/** Confirms the payment or closes the cashier; returns the errMsg of `wx.requestPayment`. */
export async function tapCashier(prepayId: string, verb: 'pay' | 'cancel'): Promise<string> {
  const path = `/cashier/${encodeURIComponent(prepayId)}/${verb}`
  return (await call((answer: { errMsg: string }) => answer, 'POST', path, {})).errMsg
}

export async function listScenarios(): Promise<readonly Scenario[]> {
  const { scenarios } = await call((answer: { scenarios: Scenario[] }) => answer, 'GET', '/scenarios')
  return scenarios
}

/** The scenario of the next payments; null where the amount selects it. */
export async function currentScenario(): Promise<string | null> {
  return (await call((answer: { scenario: string | null }) => answer, 'GET', '/scenario')).scenario
}

export async function setScenario(scenario: string | null): Promise<void> {
  await call((answer: object) => answer, 'PUT', '/scenario', { scenario })
}

/** Sends the items of a webhook once more, signed as they are. */
export async function resendWebhook(webhook: unknown): Promise<void> {
  for (const item of itemsOf(webhook)) await call((answer: object) => answer, 'POST', '/webhooks', item)
}

/** The notification items of a webhook's body. */
function itemsOf(webhook: unknown): readonly object[] {
  if (typeof webhook !== 'object' || webhook === null || !('notificationItems' in webhook)) return []
  const { notificationItems } = webhook
  if (!Array.isArray(notificationItems)) return []
  return notificationItems.map((each: { NotificationRequestItem: object }) => each.NotificationRequestItem)
}
