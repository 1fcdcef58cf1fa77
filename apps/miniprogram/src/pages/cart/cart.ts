import { delivery } from '../../merchant/shop.ts'
import { chooseAddress, storedAddress } from '../../services/address.ts'
import { readCart, saveCart } from '../../services/cart.ts'
import { linesOnSale, totalOf } from '../../services/cart-lines.ts'
import { locale, texts } from '../../services/language.ts'
import { openHome } from '../../services/navigation.ts'
import { checkout } from '../../services/payment.ts'
import { knownProducts, listProducts } from '../../services/products.ts'
import {
  changeQuantity,
  setQuantity,
  type QuantityChange,
  type QuantityTap,
} from '../../services/quantity.ts'
import { setChanges } from '../../services/set-changes.ts'
import { showTabs } from '../../services/tabs.ts'
import { hasLargeText, textScale } from '../../services/text-scale.ts'
import { showTitle } from '../../services/title.ts'
import { addressView, type AddressView } from '../../views/address.ts'
import { cartView, type CartView } from '../../views/cart.ts'
import { shownError } from '../../views/shown-error.ts'

const data = {
  scale: textScale(),
  large: hasLargeText(),
  skeleton: [1, 2],
  t: texts().cart,
  loading: true,
  cart: null as CartView | null,
  /** Null in a shop that delivers nothing. */
  deliverTo: null as AddressView | null,
  failure: '',
  reload: texts().reload,
  /** Why the last tap on the pay button failed. */
  notice: '',
  paying: false,
}

Page({
  data,

  async onShow() {
    const title = showTitle('cart')
    // Back from the cashier the goods are ordered: an empty cart would only flash by.
    if (this.data.paying) return
    this.showCart()
    await Promise.all([title, showTabs(), this.load()])
  },

  onHide() {
    setChanges(this, { notice: '' })
  },

  async load() {
    try {
      await listProducts()
      setChanges(this, { failure: '' })
      this.removeUnavailable()
    } catch (error) {
      this.setData({ failure: shownError(error), loading: false })
    }
    this.showCart()
  },

  /** Removes goods that are no longer on sale, with a notice. */
  removeUnavailable() {
    const cart = readCart()
    const lines = linesOnSale(cart, knownProducts() ?? []).map(({ line }) => line)
    if (lines.length === cart.length) return
    saveCart(lines)
    this.setData({ notice: texts().cart.removed })
  },

  showCart() {
    const lines = readCart()
    const products = knownProducts()
    const cart = cartView(lines, products ?? [], texts(), locale())
    // An empty cart is empty whatever the server answers.
    const isShown = products !== undefined || cart.empty
    const deliverTo = delivery ? addressView(storedAddress(), texts()) : null
    setChanges(this, { cart, deliverTo, ...(isShown ? { loading: false } : {}) })
  },

  async onQuantity(change: QuantityChange) {
    if (this.data.paying) return
    setChanges(this, { notice: '' })
    await changeQuantity(change, () => this.showCart())
  },

  /** Solves the problem of a line, which has more pieces than there are. */
  async onRemedy({ currentTarget }: QuantityTap) {
    if (this.data.paying) return
    const { id, quantity } = currentTarget.dataset
    await setQuantity(id, quantity, () => this.showCart())
  },

  async onAddress() {
    if (this.data.paying) return
    this.setData({ notice: '' })
    try {
      const choice = await chooseAddress()
      if (choice === 'refused' || choice === 'failed') this.setData({ notice: texts().address[choice] })
    } catch (error) {
      this.setData({ notice: shownError(error) })
    }
    this.showCart()
  },

  async onPay() {
    const lines = readCart()
    const total = totalOf(lines, knownProducts() ?? [])
    if (this.data.paying || total === undefined) return
    const deliverTo = storedAddress()
    if (delivery && deliverTo === undefined) {
      this.setData({ notice: texts().problems.address_required })
      return
    }
    this.setData({ paying: true, notice: '' })
    try {
      // Declined at a new total: the goods are in the cart still, and their prices are outdated.
      if ((await checkout(lines, total, deliverTo)) === 'declined') await this.load()
    } catch (error) {
      this.setData({ notice: shownError(error, knownProducts()) })
      await this.load()
    } finally {
      this.setData({ paying: false })
    }
  },

  async onBrowse() {
    await openHome()
  },
})
