import { locale, texts } from '../../services/language.ts'
import { openHome, openOrder } from '../../services/navigation.ts'
import { listOrders } from '../../services/orders.ts'
import { resumeAttempt } from '../../services/payment.ts'
import { showTabs } from '../../services/tabs.ts'
import { textScale } from '../../services/text-scale.ts'
import { orderView, type OrderView } from '../../views/order.ts'
import { shownError } from '../../views/shown-error.ts'

const data = {
  scale: textScale(),
  skeleton: [1, 2, 3],
  t: texts().orders,
  browse: '',
  reload: '',
  loading: true,
  orders: [] as readonly OrderView[],
  /** The `before` of the next page; null at the end. */
  next: null as string | null,
  failure: '',
  loadingMore: false,
}

Page({
  data,

  async onShow() {
    await wx.setNavigationBarTitle({ title: texts().titles.orders })
    await Promise.all([showTabs(), this.load()])
  },

  async onPullDownRefresh() {
    await this.load()
    await wx.stopPullDownRefresh()
  },

  async onReachBottom() {
    await this.onMore()
  },

  /** Resumes an interrupted attempt first, so that its order is up to date. */
  async load() {
    const { orders: t, cart, reload } = texts()
    this.setData({ t, browse: cart.browse, reload })
    await resumeAttempt()
    await this.append([])
    this.setData({ loading: false })
  },

  async onMore() {
    const { next, orders, loadingMore } = this.data
    if (next === null || loadingMore) return
    this.setData({ loadingMore: true })
    await this.append(orders, next)
    this.setData({ loadingMore: false })
  },

  async append(shown: readonly OrderView[], before?: string) {
    try {
      const { orders, next } = await listOrders(before)
      // The list was reloaded in the meantime, and this page belongs to the old one.
      if (before !== undefined && before !== this.data.next) return
      const more = orders.map((order) => orderView(order, texts(), locale()))
      this.setData({ orders: [...shown, ...more], next, failure: '' })
    } catch (error) {
      this.setData({ failure: shownError(error) })
    }
  },

  async onOrder({
    currentTarget,
  }: WechatMiniprogram.BaseEvent<WechatMiniprogram.IAnyObject, { id: string }>) {
    await openOrder(currentTarget.dataset.id)
  },

  async onBrowse() {
    await openHome()
  },
})
