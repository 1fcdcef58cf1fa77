import type { Product } from '@tael/contracts'
import { readCart, saveCart } from '../../services/cart.ts'
import { linesOnSale, totalOf } from '../../services/cart-lines.ts'
import { locale, texts } from '../../services/language.ts'
import { openHome } from '../../services/navigation.ts'
import { checkout } from '../../services/payment.ts'
import { listProducts } from '../../services/products.ts'
import { changeQuantity, type QuantityChange } from '../../services/quantity.ts'
import { showTabs } from '../../services/tabs.ts'
import { textScale } from '../../services/text-scale.ts'
import { cartView, type CartView } from '../../views/cart.ts'
import { shownError } from '../../views/shown-error.ts'

let products: readonly Product[] = []

const data = {
  scale: textScale(),
  skeleton: [1, 2],
  t: texts().cart,
  loading: true,
  cart: null as CartView | null,
  failure: '',
  reload: '',
  /** Why the last tap on the pay button failed. */
  notice: '',
  paying: false,
}

Page({
  data,

  async onShow() {
    await wx.setNavigationBarTitle({ title: texts().titles.cart })
    // Back from the cashier the goods are ordered: an empty cart would only flash by.
    await Promise.all([showTabs(), ...(this.data.paying ? [] : [this.load()])])
  },

  onHide() {
    this.setData({ notice: '' })
  },

  async load() {
    try {
      products = await listProducts()
      this.setData({ failure: '' })
      this.removeUnavailable()
    } catch (error) {
      this.setData({ failure: shownError(error, products), reload: texts().reload })
    }
    this.showCart()
  },

  /** Removes goods that are no longer on sale, with a notice. */
  removeUnavailable() {
    const cart = readCart()
    const lines = linesOnSale(cart, products).map(({ line }) => line)
    if (lines.length === cart.length) return
    saveCart(lines)
    this.setData({ notice: texts().cart.removed })
  },

  showCart() {
    this.setData({
      t: texts().cart,
      loading: false,
      cart: cartView(readCart(), products, texts(), locale()),
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
      this.setData({ notice: shownError(error, products) })
      await this.load()
    } finally {
      this.setData({ paying: false })
    }
  },

  async onBrowse() {
    await openHome()
  },
})
