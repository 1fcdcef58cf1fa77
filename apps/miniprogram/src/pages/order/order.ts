import type { Order } from '@tael/contracts'
import { listen } from '../../services/listening.ts'
import { fromQuery, openResult } from '../../services/navigation.ts'
import { getOrder } from '../../services/orders.ts'
import { pay, takeUp } from '../../services/payment.ts'
import { locale, messages } from '../../texts/index.ts'
import { orderView, type OrderView } from '../../views/order.ts'
import { errorText, problemText } from '../../views/problem.ts'

const data = {
  seen: false,
  t: messages().order,
  reload: '',
  orderId: '',
  order: null as Order | null,
  view: null as OrderView | null,
  failure: '',
  /** Why the order could not be paid. */
  notice: '',
  paying: false,
}

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
      const order = await getOrder(this.data.orderId)
      this.setData({ order, view: orderView(order, messages(), locale()), failure: '' })
      // Why it could not be paid is of no interest once it is.
      if (order.status === 'paid') this.setData({ notice: '' })
      this.listenTo(order)
    } catch (error) {
      this.setData({ failure: errorText(error, messages(), { products: [], locale: locale() }) })
    }
  },

  /** Reads the order again when its payment changes, as long as the page is seen: it says that it does. */
  listenTo({ payment }: Order) {
    this.stopListening()
    if (payment === null || payment.outcome.final || !this.data.seen) return
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

  async onAction() {
    const { order, view, paying } = this.data
    if (order === null || view === null || paying) return
    if (view.action === 'view_payment') {
      await this.onPayment()
      return
    }
    this.setData({ paying: true, notice: '' })
    try {
      await pay(order.id, order.amount)
    } catch (error) {
      this.setData({ notice: errorText(error, messages(), { products: [], locale: locale() }) })
      await this.load()
    } finally {
      this.setData({ paying: false })
    }
  },

  async onPayment() {
    const payment = this.data.order?.payment
    if (payment) await openResult(payment.id)
  },
})
