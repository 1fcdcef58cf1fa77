import { isSettled } from '@tael/contracts'
import type { StoredAttempt } from '@tael/miniprogram-pay/shop'
import { sharePicture, shopName } from '../../merchant/shop.ts'
import { readCart } from '../../services/cart.ts'
import { locale, texts } from '../../services/language.ts'
import { openOrder, openResult } from '../../services/navigation.ts'
import { createPageWatch } from '../../services/page-watch.ts'
import { knownProducts, listProducts } from '../../services/products.ts'
import { changeQuantity, type QuantityChange } from '../../services/quantity.ts'
import { setChanges } from '../../services/set-changes.ts'
import { showTabs } from '../../services/tabs.ts'
import { tael } from '../../services/tael.ts'
import { hasLargeText, textScale } from '../../services/text-scale.ts'
import { isOf, pendingView, type PendingView } from '../../views/pending.ts'
import { productView, type ProductView } from '../../views/product.ts'
import { shownError } from '../../views/shown-error.ts'

/** About what fills a screen. */
const FIRST_GOODS = 6

const data = {
  scale: textScale(),
  large: hasLargeText(),
  skeleton: [1, 2, 3, 4, 5, 6],
  t: texts().home,
  reload: texts().reload,
  loading: true,
  goods: [] as readonly ProductView[],
  failure: '',
  pending: null as PendingView | null,
}

Page({
  data,
  watch: createPageWatch(),

  onLoad() {
    // Not in the options alone: instances of a page share them.
    this.watch = createPageWatch()
  },

  async onShow() {
    this.watch.show()
    this.showKept()
    await Promise.all([
      wx.setNavigationBarTitle({ title: shopName[locale()] }),
      showTabs(),
      this.showPending(),
      this.load(),
    ])
  },

  onHide() {
    this.watch.hide()
  },

  async onPullDownRefresh() {
    await Promise.all([this.showPending(), this.load()])
    await wx.stopPullDownRefresh()
  },

  /** Shows what the phone keeps, in the moment the page shows: the network answers later. */
  showKept() {
    this.showKeptPending()
    this.showGoods()
  },

  /** What the page knows of the stored attempt stays; that of an earlier one goes. */
  showKeptPending() {
    const attempt = tael.storedAttempt()
    const { pending } = this.data
    if (attempt === undefined) setChanges(this, { pending: null })
    else if (pending === null || !isOf(pending, attempt))
      setChanges(this, { pending: pendingView(attempt, null, texts()) })
  },

  /** Shows the interrupted payment, and its changes while the page is visible. */
  async showPending() {
    this.watch.stop()
    const resumed = await tael.resume()
    // There is none, or a payment is under way.
    if (resumed === null) return this.showKeptPending()
    const { attempt, payment } = resumed
    setChanges(this, { pending: pendingView(attempt, payment, texts()) })
    if (payment !== null) tael.dropFinalAttempt(payment)
    const paymentId = payment?.id ?? attempt.paymentId
    const isOver = payment !== null && isSettled(payment)
    if (paymentId !== undefined && !isOver) this.watchPending(paymentId, attempt)
  },

  /** While a read fails, the card still holds. */
  watchPending(paymentId: string, attempt: StoredAttempt) {
    this.watch.start((isStopped) =>
      tael.watchPayment(
        paymentId,
        {
          onPayment: (payment) => {
            setChanges(this, { pending: pendingView(attempt, payment, texts()) })
            tael.dropFinalAttempt(payment)
          },
        },
        isStopped,
      ),
    )
  },

  async load() {
    try {
      await listProducts()
      setChanges(this, { failure: '' })
    } catch (error) {
      this.setData({ failure: shownError(error), loading: false })
    }
    this.showGoods()
  },

  showGoods() {
    const products = knownProducts()
    if (products === undefined) return
    const cart = readCart()
    const goods = products.map((product) => productView(product, cart, texts(), locale()))
    if (!this.data.loading) return setChanges(this, { goods })
    // What fills the screen is drawn first, and the rest below it once that is seen.
    const first = goods.slice(0, FIRST_GOODS)
    this.setData({ loading: false, goods: first }, () => this.showGoods())
  },

  async onQuantity(change: QuantityChange) {
    await changeQuantity(change, () => this.showGoods())
  },

  async onPending() {
    const { pending } = this.data
    if (pending === null) return
    await (pending.paymentId === '' ? openOrder(pending.orderId) : openResult(pending.paymentId))
  },

  /** The shared card leads to the shop, never to an order. */
  onShareAppMessage() {
    return { title: shopName[locale()], path: '/pages/home/home', imageUrl: sharePicture }
  },
})
