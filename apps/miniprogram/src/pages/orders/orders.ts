import type { Order } from '@tael/contracts'
import { locale, texts } from '../../services/language.ts'
import { openHome, openOrder } from '../../services/navigation.ts'
import { listOrders } from '../../services/orders.ts'
import { pay } from '../../services/payment.ts'
import { setChanges } from '../../services/set-changes.ts'
import { showTabs } from '../../services/tabs.ts'
import { tael } from '../../services/tael.ts'
import { textScale } from '../../services/text-scale.ts'
import { showTitle } from '../../services/title.ts'
import { inQuestion, orderView, type OrderView } from '../../views/order.ts'
import { shownError } from '../../views/shown-error.ts'

const data = {
  scale: textScale(),
  skeleton: [1, 2, 3, 4, 5],
  t: texts().orders,
  browse: texts().cart.browse,
  reload: texts().reload,
  loading: true,
  orders: [] as readonly OrderView[],
  /** The `before` of the next page; null at the end. */
  next: null as string | null,
  failure: '',
  loadingMore: false,
  /** The order that is being paid. */
  paying: '',
}

type OrderTap = WechatMiniprogram.BaseEvent<WechatMiniprogram.IAnyObject, { id: string }>

Page({
  data,
  orders: [] as readonly Order[],

  async onShow() {
    // Of an order whose payment is in question, no outdated state shows.
    this.draw()
    await Promise.all([showTitle('orders'), showTabs(), this.load()])
  },

  async onPullDownRefresh() {
    await this.load()
    await wx.stopPullDownRefresh()
  },

  async onReachBottom() {
    await this.onMore()
  },

  /**
   * Resumes an interrupted attempt first, so that its order is up to date. Reads as many orders as
   * are shown, so that the shopper's place in the list stays.
   */
  async load() {
    await tael.resume()
    await this.append([], this.orders.length)
    setChanges(this, { loading: false })
  },

  async onMore() {
    const { next, loadingMore } = this.data
    if (next === null || loadingMore) return
    this.setData({ loadingMore: true })
    await this.append(this.orders, 0, next)
    this.setData({ loadingMore: false })
  },

  async append(shown: readonly Order[], count: number, before?: string) {
    try {
      const { orders, next } = await listOrders(count, before)
      // The list was reloaded in the meantime, and this page belongs to the old one.
      if (before !== undefined && before !== this.data.next) return
      this.orders = [...shown, ...orders]
      setChanges(this, { next, failure: '' })
      this.draw()
    } catch (error) {
      this.setData({ failure: shownError(error) })
    }
  },

  draw() {
    const attempt = tael.storedAttempt()
    const orders = this.orders.map((order) => orderView(inQuestion(order, attempt), texts(), locale()))
    setChanges(this, { orders })
  },

  async onOrder({ currentTarget }: OrderTap) {
    await openOrder(currentTarget.dataset.id)
  },

  async onPay({ currentTarget }: OrderTap) {
    const order = this.orders.find(({ id }) => id === currentTarget.dataset.id)
    if (order === undefined || this.data.paying !== '') return
    this.setData({ paying: order.id })
    try {
      await pay(order.id, order.amount)
    } catch (error) {
      // Its page shows why.
      await openOrder(order.id, error)
    } finally {
      this.setData({ paying: '' })
    }
  },

  async onBrowse() {
    await openHome()
  },
})
