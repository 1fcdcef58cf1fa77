/**
 * The actors of the server's tests. `fixtures.ts` hands each test the ones it names:
 *
 *     test('…', async ({ shopper, operator, adyen, clock }) => {
 *       const { payment } = await shopper.startBuying(6100)
 *       await clock.passTime(30 * MINUTE)
 *       await expect.poll(() => shopper.getPayment(payment.id)).toMatchObject({ status: 'expired' })
 *       expect(await adyen.payment(payment.id)).toMatchObject({ result: 'cancelled' })
 *     })
 *
 * - `shopper` is Alice, logged in; `await shop.shopper('bob')` is another. order(price) and
 *   startPayment(order) lead to an attempt; payAtCashier(attempt), cancelAtCashier(attempt) and
 *   submitDetails(attempt, errMsg) continue it; pay, cancelPayment and buy(price) do several steps.
 *   `shopper.at(server)` is the same session at another server.
 * - `operator` has every scope; `shop.operator('refunds:write')` has one. Its methods call the API,
 *   and run('stock', …), reconcile() and replay('--all') run commands.
 * - `merchant` is the backend of a shop of its own: put(terms) places an order, which a shopper pays with
 *   startPayment(order), get, cancel and refund do the rest. Its key has the merchant's scopes.
 * - `adyen` is the simulator's Adyen: payment(id) and ledger() are its books, calls('refunds', id)
 *   what it received; deliver({ eventCode, about: payment }) sends webhooks and waits for them;
 *   withFault({ name, call }, action) breaks calls. `weChat` is the same for WeChat.
 * - `clock` lets time pass: passTime(seconds) at the server, passSimulatedTime(seconds) at Adyen
 *   and WeChat.
 * - `queue` counts, enqueues and waits for jobs; nothing else reads how they are stored.
 * - `shop` starts servers and puts products on sale. `shop.database` is for what no actor answers.
 *
 * Prices are in fen, and their last two digits choose the simulator's scenario
 * (apps/simulator/src/scenarios.ts). Wait with `expect.poll` for what the test asserts, with `until`
 * for anything else.
 */
export type { CallName, ReceivedCall, WebhookItem } from './adyen.ts'
export { authorised, callTo, fen, refusalOf } from './client.ts'
export { DAY, HOUR, MINUTE } from './clock.ts'
export { ConsolePage, type Headers } from './console.ts'
export { Database } from './database.ts'
export { type LogLine, logLines, waitForLog } from './log.ts'
export type { Operator } from './operator.ts'
export type { Merchant } from './merchant.ts'
export { openNotified } from './notified.ts'
export { openReceiver, type Receiver } from './receiver.ts'
export { both, clockAhead, dyingAt, openShop, type Shop } from './shop.ts'
export { Shopper } from './shopper.ts'
export { Simulator } from './simulator.ts'
export { CashierRefusedError, WeChat, type WeChatCall } from './wechat.ts'
