import { openHome, openOrder } from '../../services/navigation.ts'
import { listOrders } from '../../services/orders.ts'
import { takeUp } from '../../services/payment.ts'
import { showTabs } from '../../services/tabs.ts'
import { textScale } from '../../services/text-scale.ts'
import { locale, messages } from '../../texts/index.ts'
import { orderView, type OrderView } from '../../views/order.ts'
import { errorText } from '../../views/problem.ts'

const data = {
  scale: textScale(),
  skeleton: [1, 2, 3],
  t: messages().orders,
  browse: '',
  reload: '',
  loading: true,
  orders: [] as readonly OrderView[],
  /** The `before` of the page that follows; null at the end. */
  next: null as string | null,
  failure: '',
  loadingMore: false,
}

Page({
  data,

  async onShow() {
    await wx.setNavigationBarTitle({ title: messages().titles.orders })
    await Promise.all([showTabs(), this.load()])
  },

  async onPullDownRefresh() {
    await this.load()
    await wx.stopPullDownRefresh()
  },

  async onReachBottom() {
    await this.onMore()
  },

  /** The newest orders, after what an attempt left in the middle still owes the server was told. */
  async load() {
    const { orders: t, cart, reload } = messages()
    this.setData({ t, browse: cart.browse, reload })
    await takeUp()
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
      // The list was loaded anew meanwhile, and this page follows another one.
      if (before !== undefined && before !== this.data.next) return
      const more = orders.map((order) => orderView(order, messages(), locale()))
      this.setData({ orders: [...shown, ...more], next, failure: '' })
    } catch (error) {
      this.setData({ failure: errorText(error, messages(), { products: [], locale: locale() }) })
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
