import { isUnderWay, type Order } from '@tael/contracts'
import { ask } from '../../services/ask.ts'
import { listen } from '../../services/listening.ts'
import { fromQuery, openResult } from '../../services/navigation.ts'
import { askForRefund, cancelOrder, getOrder } from '../../services/orders.ts'
import { pay, takeUp, wasShown } from '../../services/payment.ts'
import { textScale } from '../../services/text-scale.ts'
import { locale, messages } from '../../texts/index.ts'
import type { Question } from '../../texts/messages.ts'
import { orderView, type OrderView } from '../../views/order.ts'
import { errorText, problemText } from '../../views/problem.ts'

const data = {
  scale: textScale(),
  skeleton: [1, 2],
  seen: false,
  t: messages().order,
  reload: '',
  orderId: '',
  order: null as Order | null,
  view: null as OrderView | null,
  failure: '',
  /** Why the last tap led nowhere. */
  notice: '',
  paying: false,
  /** The order is being given up, or its money asked for. */
  changing: false,
}

function textOf(error: unknown): string {
  return errorText(error, messages(), { products: [], locale: locale() })
}

/** A refund takes from seconds to days, so its page asks now and then. */
const REFUND_PAUSE_MS = 10_000

Page({
  data,
  stopListening() {},

  onLoad({ id, problem }) {
    const notice = problem === undefined ? '' : problemText(problem, messages())
    this.setData({ orderId: fromQuery(id), notice })
  },

  async onShow() {
    this.setData({ seen: true })
    await wx.setNavigationBarTitle({ title: messages().titles.order })
    await this.load()
  },

  onHide() {
    this.leave()
  },

  onUnload() {
    this.leave()
  },

  leave() {
    this.setData({ seen: false })
    this.stopListening()
  },

  async onPullDownRefresh() {
    this.setData({ notice: '' })
    await this.load()
    await wx.stopPullDownRefresh()
  },

  async load() {
    const { order: t, reload } = messages()
    this.setData({ t, reload })
    await takeUp()
    try {
      this.show(await getOrder(this.data.orderId))
    } catch (error) {
      this.setData({ failure: textOf(error) })
    }
  },

  show(order: Order) {
    this.setData({ order, view: orderView(order, messages(), locale()), failure: '' })
    // Why it could not be paid is of no interest once it is.
    if (order.status === 'paid') this.setData({ notice: '' })
    // How its payment ended can be read here, so the first page need not tell it again.
    if (order.payment !== null) wasShown(order.payment)
    this.listenTo(order)
  },

  /** Reads the order again when its payment changes, as long as the page is seen: it says that it does. */
  listenTo(order: Order) {
    const { payment, refunds } = order
    this.stopListening()
    if (!this.data.seen) return
    if (refunds.some(isUnderWay)) {
      const reading = setTimeout(() => void this.reread(order), REFUND_PAUSE_MS)
      this.stopListening = () => clearTimeout(reading)
      return
    }
    if (payment === null || payment.outcome.final) return
    this.stopListening = listen(payment.id, {
      onPayment: ({ version }) => {
        if (version !== payment.version) void this.load()
      },
      // Nothing new is known then, and the page says so already.
      onTrouble: () => {},
      onEnd: () => {},
      onQuiet: () => {},
    })
  },

  /** Reads an order again that nothing tells us of. Without an answer nothing is known that the page does not say. */
  async reread(known: Order) {
    try {
      this.show(await getOrder(known.id))
    } catch (error) {
      // Throws on what is a bug.
      textOf(error)
      this.listenTo(known)
    }
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
      this.setData({ notice: textOf(error) })
      await this.load()
    } finally {
      this.setData({ paying: false })
    }
  },

  async onCancel() {
    await this.change(messages().questions.cancelOrder, cancelOrder)
  },

  async onRefund() {
    await this.change(messages().questions.askForRefund, askForRefund)
  },

  /** Changes the order once the shopper has confirmed it, and shows it as the server says it is then. */
  async change(question: Question, call: (orderId: string) => Promise<Order>) {
    const { orderId, paying, changing } = this.data
    if (paying || changing || !(await ask(question))) return
    this.setData({ changing: true, notice: '' })
    try {
      this.show(await call(orderId))
    } catch (error) {
      this.setData({ notice: textOf(error) })
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
