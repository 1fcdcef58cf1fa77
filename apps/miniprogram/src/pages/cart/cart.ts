import type { Product } from '@tael/contracts'
import { readCart, saveCart } from '../../services/cart.ts'
import { linesOnSale, totalOf } from '../../services/cart-lines.ts'
import { listProducts } from '../../services/goods.ts'
import { openHome } from '../../services/navigation.ts'
import { checkout } from '../../services/payment.ts'
import { changeQuantity, type QuantityChange } from '../../services/quantity.ts'
import { showTabs } from '../../services/tabs.ts'
import { textScale } from '../../services/text-scale.ts'
import { locale, messages } from '../../texts/index.ts'
import { cartView, type CartView } from '../../views/goods.ts'
import { errorText } from '../../views/problem.ts'

let products: readonly Product[] = []

const data = {
  scale: textScale(),
  skeleton: [1, 2],
  t: messages().cart,
  loading: true,
  cart: null as CartView | null,
  failure: '',
  reload: '',
  /** Why the last tap on the pay button led nowhere. */
  notice: '',
  paying: false,
}

Page({
  data,

  async onShow() {
    await wx.setNavigationBarTitle({ title: messages().titles.cart })
    // Back from the cashier: the goods are ordered, and an empty cart is not what the shopper waits for.
    await Promise.all([showTabs(), ...(this.data.paying ? [] : [this.load()])])
  },

  onHide() {
    this.setData({ notice: '' })
  },

  async load() {
    try {
      products = await listProducts()
      this.setData({ failure: '' })
      this.dropWhatIsGone()
    } catch (error) {
      const failure = errorText(error, messages(), { products, locale: locale() })
      this.setData({ failure, reload: messages().reload })
    }
    this.showCart()
  },

  /** Takes goods that are no longer on sale out of the cart, and says so. */
  dropWhatIsGone() {
    const cart = readCart()
    const lines = linesOnSale(cart, products).map(({ line }) => line)
    if (lines.length === cart.length) return
    saveCart(lines)
    this.setData({ notice: messages().cart.gone })
  },

  showCart() {
    this.setData({
      t: messages().cart,
      loading: false,
      cart: cartView(readCart(), products, messages(), locale()),
    })
  },

  async onQuantity(change: QuantityChange) {
    if (this.data.paying) return
    this.setData({ notice: '' })
    await changeQuantity(products, change, () => this.showCart())
  },

  async onPay() {
    const lines = readCart()
    const total = totalOf(lines, products)
    if (this.data.paying || total === undefined) return
    this.setData({ paying: true, notice: '' })
    try {
      await checkout(lines, total)
    } catch (error) {
      this.setData({ notice: errorText(error, messages(), { products, locale: locale() }) })
      await this.load()
    } finally {
      this.setData({ paying: false })
    }
  },

  async onBrowse() {
    await openHome()
  },
})
