import { isUnderWay, type Order } from '@tael/contracts'
import { confirm } from '../../services/confirm.ts'
import { nullIfExpected } from '../../services/errors.ts'
import { locale, texts } from '../../services/language.ts'
import { decodeQuery, openResult } from '../../services/navigation.ts'
import { cancelOrder, getOrder, requestRefund } from '../../services/orders.ts'
import { createPageWatch } from '../../services/page-watch.ts'
import { dropFinalAttempt, pay, resumeAttempt } from '../../services/payment.ts'
import { pause } from '../../services/retries.ts'
import { textScale } from '../../services/text-scale.ts'
import { watchPayment } from '../../services/watch-payment.ts'
import type { Question } from '../../texts/texts.ts'
import { orderView, type OrderView } from '../../views/order.ts'
import { problemText } from '../../views/problem.ts'
import { shownError } from '../../views/shown-error.ts'

const data = {
  scale: textScale(),
  skeleton: [1, 2],
  t: texts().order,
  reload: '',
  orderId: '',
  order: null as Order | null,
  view: null as OrderView | null,
  failure: '',
  /** Why the last tap failed. */
  notice: '',
  paying: false,
  /** The order is being cancelled, or a refund requested. */
  changing: false,
}

/** A refund takes seconds to days, so the page reads it now and then. */
const REFUND_PAUSE_MS = 10_000

Page({
  data,
  watch: createPageWatch(),

  onLoad({ id, problem }) {
    // Not in the options alone: instances of a page share them.
    this.watch = createPageWatch()
    const notice = problem === undefined ? '' : problemText(problem, texts())
    this.setData({ orderId: decodeQuery(id), notice })
  },

  async onShow() {
    this.watch.show()
    await wx.setNavigationBarTitle({ title: texts().titles.order })
    await this.load()
  },

  onHide() {
    this.watch.hide()
  },

  onUnload() {
    this.watch.hide()
  },

  async onPullDownRefresh() {
    this.setData({ notice: '' })
    await this.load()
    await wx.stopPullDownRefresh()
  },

  async load() {
    const { order: t, reload } = texts()
    this.setData({ t, reload })
    await resumeAttempt()
    try {
      this.show(await getOrder(this.data.orderId))
    } catch (error) {
      this.setData({ failure: shownError(error) })
    }
  },

  show(order: Order) {
    this.setData({ order, view: orderView(order, texts(), locale()), failure: '' })
    // Once the order is paid, the reason why it could not be is obsolete.
    if (order.status === 'paid') this.setData({ notice: '' })
    // The outcome is shown here, so the home page need not show it again.
    if (order.payment !== null) dropFinalAttempt(order.payment)
    this.watchOrder(order)
  },

  /** Reads the order again when its payment or a refund may have changed. */
  watchOrder(order: Order) {
    const { payment, refunds } = order
    if (refunds.some(isUnderWay)) this.watch.start((isStopped) => this.watchRefund(order, isStopped))
    else if (payment === null || payment.outcome.final) this.watch.stop()
    else {
      const onPayment = ({ version }: { readonly version: number }) => {
        if (version !== payment.version) void this.load()
      }
      // While a read fails, the page still holds.
      this.watch.start((isStopped) => watchPayment(payment.id, { onPayment }, isStopped))
    }
  },

  async watchRefund(known: Order, isStopped: () => boolean) {
    await pause(REFUND_PAUSE_MS)
    if (isStopped()) return
    const order = await getOrder(known.id).catch(nullIfExpected)
    if (isStopped()) return
    if (order === null) this.watchOrder(known)
    else this.show(order)
  },

  async onAction() {
    const { order, view, paying } = this.data
    if (order === null || view === null || paying || this.data.changing) return
    if (view.action === 'view_payment') {
      await this.onPayment()
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
    const { orderId, paying, changing } = this.data
    if (paying || changing || !(await confirm(question))) return
    this.setData({ changing: true, notice: '' })
    try {
      this.show(await call(orderId))
    } catch (error) {
      this.setData({ notice: shownError(error) })
      await this.load()
    } finally {
      this.setData({ changing: false })
    }
  },

  async onPayment() {
    const payment = this.data.order?.payment
    if (payment) await openResult(payment.id)
  },
})
