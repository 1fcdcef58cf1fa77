import { isSettled, isUnderWay, type Order } from '@tael/contracts'
import { isProblem, nullIfExpected, pause } from '@tael/miniprogram-pay/shop'
import { customerService } from '../../merchant/shop.ts'
import { confirm } from '../../services/confirm.ts'
import { locale, texts } from '../../services/language.ts'
import { decodeQuery, openCart, openHome, openResult } from '../../services/navigation.ts'
import { cancelOrder, getOrder, knownOrder, requestRefund } from '../../services/orders.ts'
import { createPageWatch } from '../../services/page-watch.ts'
import { pay } from '../../services/payment.ts'
import { reorder } from '../../services/reorder.ts'
import { setChanges } from '../../services/set-changes.ts'
import { tael } from '../../services/tael.ts'
import { textScale } from '../../services/text-scale.ts'
import { showTitle } from '../../services/title.ts'
import type { Question } from '../../texts/texts.ts'
import { inQuestion, orderView, type OrderView } from '../../views/order.ts'
import { problemText } from '../../views/problem.ts'
import { shownError } from '../../views/shown-error.ts'

const data = {
  scale: textScale(),
  skeleton: [1, 2],
  t: texts().order,
  reload: texts().reload,
  contact: customerService ? texts().contact : '',
  view: null as OrderView | null,
  failure: '',
  /** There is no such order. */
  missing: false,
  /** Why the last tap failed. */
  notice: '',
  paying: false,
  /** The order is being cancelled, a refund requested, or its goods put into the cart. */
  changing: false,
}

/** What an operator or the time changes is read now and then. */
const REFUND_MS = 10_000
const PAID_MS = 30_000
const OPEN_MS = 60_000
/** The server expires an order a moment after its time. */
const EXPIRY_MS = 2_000

/** After how long an order may have changed without its shopper; undefined where it has ended. */
function rereadMs({ status, leftMs, refunds, refundRequestedAt, refundDecline }: Order): number | undefined {
  if (status === 'open') return Math.min((leftMs ?? 0) + EXPIRY_MS, OPEN_MS)
  if (refunds.some(isUnderWay) || (refundRequestedAt !== null && refundDecline === null)) return REFUND_MS
  return status === 'paid' ? PAID_MS : undefined
}

Page({
  data,
  watch: createPageWatch(),
  orderId: '',
  order: null as Order | null,

  onLoad({ id, problem }) {
    // Not in the options alone: instances of a page share them.
    this.watch = createPageWatch()
    this.orderId = decodeQuery(id)
    this.order = null
    const notice = problem === undefined ? '' : problemText(problem, texts())
    this.setData({ notice })
  },

  async onShow() {
    this.watch.show()
    this.showKept()
    await Promise.all([showTitle('order'), this.load()])
  },

  onHide() {
    this.watch.hide()
  },

  onUnload() {
    this.watch.hide()
  },

  async onPullDownRefresh() {
    setChanges(this, { notice: '' })
    await this.load()
    await wx.stopPullDownRefresh()
  },

  /** Shows the order as the phone last knew it, a payment in question as such. */
  showKept() {
    const order = knownOrder(this.orderId)
    if (order !== undefined) this.draw(inQuestion(order, tael.storedAttempt()))
  },

  async load() {
    setChanges(this, { failure: '', missing: false })
    await tael.resume()
    try {
      this.show(await getOrder(this.orderId))
    } catch (error) {
      this.setData({ failure: shownError(error), missing: isProblem(error, 'order_not_found') })
    }
  },

  show(order: Order) {
    this.draw(order)
    this.watchOrder(order)
  },

  draw(order: Order) {
    this.order = order
    // Once the order is paid, the reason why it could not be is obsolete.
    const notice = order.status === 'paid' ? '' : this.data.notice
    setChanges(this, { view: orderView(order, texts(), locale()), failure: '', notice })
    // The outcome is shown here, so the home page need not show it again.
    if (order.payment !== null) tael.dropFinalAttempt(order.payment)
  },

  /** Reads the order again when its payment has changed, and when it may have changed otherwise. */
  watchOrder(order: Order) {
    this.watch.start(async (isStopped) => {
      await Promise.all([this.watchItsPayment(order, isStopped), this.reread(order, isStopped)])
    })
  },

  /** While a read fails, the page still holds. */
  async watchItsPayment({ payment }: Order, isStopped: () => boolean) {
    if (payment === null || isSettled(payment)) return
    const onPayment = ({ version }: { readonly version: number }) => {
      if (version !== payment.version) void this.load()
    }
    await tael.watchPayment(payment.id, { onPayment }, isStopped, payment)
  },

  async reread(order: Order, isStopped: () => boolean) {
    for (let known = order; ;) {
      const ms = rereadMs(known)
      if (ms === undefined) return
      await pause(ms)
      if (isStopped()) return
      const read = await getOrder(known.id).catch(nullIfExpected)
      if (isStopped()) return
      if (read === null) continue
      if (read.payment?.version !== known.payment?.version) return this.show(read)
      this.draw(read)
      known = read
    }
  },

  async onAction() {
    const { order } = this
    const { view, paying, changing } = this.data
    if (order === null || view === null || paying || changing) return
    if (view.action === 'view_payment') {
      if (order.payment !== null) await openResult(order.payment.id)
      return
    }
    this.setData({ paying: true, notice: '' })
    try {
      await pay(order.id, order.amount)
    } catch (error) {
      this.setData({ notice: shownError(error) })
      await this.load()
    } finally {
      this.setData({ paying: false })
    }
  },

  async onCancel() {
    await this.change(texts().questions.cancelOrder, cancelOrder)
  },

  async onRefund() {
    await this.change(texts().questions.requestRefund, requestRefund)
  },

  /** Changes the order once the shopper confirms, and shows it as the server returns it. */
  async change(question: Question, call: (orderId: string) => Promise<Order>) {
    const { paying, changing } = this.data
    if (paying || changing || !(await confirm(question))) return
    this.setData({ changing: true, notice: '' })
    try {
      this.show(await call(this.orderId))
    } catch (error) {
      this.setData({ notice: shownError(error) })
      await this.load()
    } finally {
      this.setData({ changing: false })
    }
    // What it became, or why it did not, is at the top.
    await wx.pageScrollTo({ scrollTop: 0 })
  },

  async onReorder() {
    const { order } = this
    if (order === null || this.data.changing) return
    this.setData({ changing: true, notice: '' })
    try {
      await reorder(order)
      await openCart()
    } catch (error) {
      this.setData({ notice: shownError(error) })
      await wx.pageScrollTo({ scrollTop: 0 })
    } finally {
      this.setData({ changing: false })
    }
  },

  async onHome() {
    await openHome()
  },
})
