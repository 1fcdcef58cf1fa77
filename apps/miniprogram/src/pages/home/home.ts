import { formatAmount, type Product } from '@tael/contracts'
import { sharePicture, shopName } from '../../merchant/shop.ts'
import type { Attempt } from '../../services/attempt.ts'
import { readCart } from '../../services/cart.ts'
import { locale, texts } from '../../services/language.ts'
import { openOrder, openResult } from '../../services/navigation.ts'
import { createPageWatch } from '../../services/page-watch.ts'
import { dropFinalAttempt, resumeAttempt, type ResumedAttempt } from '../../services/payment.ts'
import { listProducts } from '../../services/products.ts'
import { changeQuantity, type QuantityChange } from '../../services/quantity.ts'
import { showTabs } from '../../services/tabs.ts'
import { textScale } from '../../services/text-scale.ts'
import { watchPayment } from '../../services/watch-payment.ts'
import { shownError } from '../../views/shown-error.ts'
import { productView, type ProductView } from '../../views/product.ts'

/** The interrupted payment, shown above the goods. */
interface Pending {
  readonly orderId: string
  readonly paymentId: string
  readonly title: string
  readonly text: string
  readonly amount: string
  readonly paid: boolean
}

function pendingOf({ attempt, payment }: ResumedAttempt): Pending {
  const { title, text } = texts().outcomes[payment?.outcome.message ?? 'confirming']
  const amount = formatAmount(payment?.amount ?? attempt.amount)
  return {
    orderId: attempt.orderId,
    paymentId: payment?.id ?? attempt.paymentId ?? '',
    title,
    text,
    amount,
    paid: payment?.outcome.message === 'paid',
  }
}

let products: readonly Product[] = []

const data = {
  scale: textScale(),
  skeleton: [1, 2, 3, 4, 5, 6],
  t: texts().home,
  loading: true,
  goods: [] as readonly ProductView[],
  failure: '',
  reload: '',
  pending: null as Pending | null,
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
    await wx.setNavigationBarTitle({ title: shopName[locale()] })
    await Promise.all([showTabs(), this.showPending(), this.load()])
  },

  onHide() {
    this.watch.hide()
  },

  async onPullDownRefresh() {
    await Promise.all([this.showPending(), this.load()])
    await wx.stopPullDownRefresh()
  },

  /** Shows the interrupted payment, and its changes while the page is visible. */
  async showPending() {
    this.watch.stop()
    const resumed = await resumeAttempt()
    this.setData({ pending: resumed === null ? null : pendingOf(resumed) })
    if (resumed === null) return
    const { attempt, payment } = resumed
    const paymentId = payment?.id ?? attempt.paymentId
    if (payment?.outcome.final) dropFinalAttempt(payment)
    else if (paymentId !== undefined) this.watchPending(paymentId, attempt)
  },

  /** While a read fails, the card still holds. */
  watchPending(paymentId: string, attempt: Attempt) {
    this.watch.start((isStopped) =>
      watchPayment(
        paymentId,
        {
          onPayment: (payment) => {
            this.setData({ pending: pendingOf({ attempt, payment }) })
            dropFinalAttempt(payment)
          },
        },
        isStopped,
      ),
    )
  },

  async load() {
    try {
      products = await listProducts()
      this.setData({ failure: '' })
    } catch (error) {
      this.setData({ failure: shownError(error) })
    }
    this.showGoods()
  },

  showGoods() {
    const cart = readCart()
    const goods = products.map((product) => productView(product, cart, texts(), locale()))
    const { home: t, reload } = texts()
    this.setData({ t, reload, loading: false, goods })
  },

  async onQuantity(change: QuantityChange) {
    await changeQuantity(products, change, () => this.showGoods())
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
