/**
 * The actors of the server's tests. `fixtures.ts` hands each test the ones it names:
 *
 *     test('…', async ({ shopper, operator, adyen, clock, queue }) => {
 *       const attempt = await shopper.startBuying(6100)
 *       await clock.passTime(30 * MINUTE)
 *       await expect.poll(() => shopper.getOrder(attempt.payment.orderId)).toMatchObject({ status: 'expired' })
 *       expect(await adyen.payment(attempt.payment.id)).toMatchObject({ result: 'cancelled' })
 *     })
 *
 * - `shopper` is Alice, logged in; `await shop.shopper('bob')` is another. order(price), startPayment(order) → attempt,
 *   payAtCashier(attempt), cancelAtCashier, submitDetails(attempt, errMsg); pay(attempt) and cancelPayment do both;
 *   buy(price) does all of it. getOrder, getPayment, waitForChange, listOrders, cancelOrder, requestRefund, logOut.
 *   `shopper.at(server)` is the same session at another server.
 * - `operator` may do everything; `shop.operator('refunds:write')` has one scope. refund(payment, value?), ship,
 *   getPaymentRecord, listAttention(subject?), handleAttention; run('stock', …), reconcile(), replay('--all').
 * - `adyen` is the simulator's Adyen: payment(id) and ledger() are its books, calls('refunds', id) what it received,
 *   deliver({ eventCode, about: payment }) sends webhooks and waits, withFault({ name, call }, action) breaks calls.
 * - `weChat`: loginCode, calls('message', orderId), withFault.
 * - `clock`: passTime(seconds) at the server, passSimulatedTime(seconds) at Adyen and WeChat, expireLeases().
 * - `queue`: enqueue, startEarly, waiting, completed, waitUntilEmpty, waitUntilCompleted: nothing else reads jobs.
 * - `shop` starts servers and puts products on sale. `shop.database` is for what no actor can answer.
 *
 * Prices are in fen and their last two digits choose the simulator's scenario (apps/simulator/src/scenarios.ts).
 * Wait with `expect.poll` for what the test asserts, with `until` for anything else.
 */
export type { CallName, ReceivedCall, WebhookItem } from './adyen.ts'
export { callTo, fen, refusalOf } from './client.ts'
export { DAY, HOUR, MINUTE } from './clock.ts'
export type { Database } from './database.ts'
export { type LogLine, logLines, waitForLog } from './log.ts'
export type { Operator } from './operator.ts'
export { dyingAt, openShop, type Shop } from './shop.ts'
export { Shopper } from './shopper.ts'
export { Simulator } from './simulator.ts'
export { CashierRefusedError, WeChat, type WeChatCall } from './wechat.ts'
