import { formatAmount, type Product } from '@tael/contracts'
import { sharePicture, shopName } from '../../merchant/shop.ts'
import { readCart } from '../../services/cart.ts'
import { listProducts } from '../../services/goods.ts'
import { openOrder, openResult } from '../../services/navigation.ts'
import type { Attempt } from '../../services/attempt.ts'
import { listen } from '../../services/listening.ts'
import { takeUp, wasShown, type Standing } from '../../services/payment.ts'
import { changeQuantity, type QuantityChange } from '../../services/quantity.ts'
import { showTabs } from '../../services/tabs.ts'
import { textScale } from '../../services/text-scale.ts'
import { locale, messages } from '../../texts/index.ts'
import { productView, type ProductView } from '../../views/goods.ts'
import { errorText } from '../../views/problem.ts'

/** The payment that was left in the middle, on top of the goods. */
interface Pending {
  readonly orderId: string
  readonly paymentId: string
  readonly title: string
  readonly text: string
  readonly amount: string
  readonly paid: boolean
}

function pendingOf({ attempt, payment }: Standing): Pending {
  const { outcomes } = messages()
  const { title, text } = outcomes[payment?.outcome.message ?? 'confirming']
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
  seen: false,
  t: messages().home,
  steps: messages().cart,
  loading: true,
  goods: [] as readonly ProductView[],
  failure: '',
  reload: '',
  pending: null as Pending | null,
}

Page({
  data,
  stopListening() {},

  async onShow() {
    this.setData({ seen: true })
    await wx.setNavigationBarTitle({ title: shopName[locale()] })
    await Promise.all([showTabs(), this.showPending(), this.load()])
  },

  onHide() {
    this.setData({ seen: false })
    this.stopListening()
  },

  async onPullDownRefresh() {
    await Promise.all([this.showPending(), this.load()])
    await wx.stopPullDownRefresh()
  },

  /** Shows the payment that was left in the middle, and what becomes of it while this page is seen. */
  async showPending() {
    this.stopListening()
    const standing = await takeUp()
    this.setData({ pending: standing === null ? null : pendingOf(standing) })
    if (standing === null) return
    const { attempt, payment } = standing
    const paymentId = payment?.id ?? attempt.paymentId
    if (payment?.outcome.final) wasShown(payment)
    else if (paymentId !== undefined && this.data.seen) this.listenTo(paymentId, attempt)
  },

  listenTo(paymentId: string, attempt: Attempt) {
    // Another showing of this page may have begun to listen meanwhile.
    this.stopListening()
    this.stopListening = listen(paymentId, {
      onPayment: (payment) => {
        this.setData({ pending: pendingOf({ attempt, payment }) })
        wasShown(payment)
      },
      // Nothing new is known then, and the card says so already.
      onTrouble: () => {},
      onEnd: () => {},
      onQuiet: () => {},
    })
  },

  async load() {
    try {
      products = await listProducts()
      this.setData({ failure: '' })
    } catch (error) {
      const failure = errorText(error, messages(), { products, locale: locale() })
      this.setData({ failure })
    }
    this.showGoods()
  },

  showGoods() {
    const cart = readCart()
    const goods = products.map((product) => productView(product, cart, messages(), locale()))
    const { home: t, cart: steps, reload } = messages()
    this.setData({ t, steps, reload, loading: false, goods })
  },

  async onQuantity(change: QuantityChange) {
    await changeQuantity(products, change, () => this.showGoods())
  },

  async onPending() {
    const { pending } = this.data
    if (pending === null) return
    await (pending.paymentId === '' ? openOrder(pending.orderId) : openResult(pending.paymentId))
  },

  /** The card that a shopper sends to a friend leads to the shop, never to an order of theirs. */
  onShareAppMessage() {
    return { title: shopName[locale()], path: '/pages/home/home', imageUrl: sharePicture }
  },
})
