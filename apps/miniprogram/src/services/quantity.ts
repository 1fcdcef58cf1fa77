import type { Product } from '@tael/contracts'
import { readCart, saveCart } from './cart.ts'
import { quantityMax, withQuantity, type CartLine } from './cart-lines.ts'
import { texts } from './language.ts'
import { showTabs } from './tabs.ts'

/** The event of a quantity-stepper: the new number of the product in its `data-id`. */
export type QuantityChange = WechatMiniprogram.BaseEvent<WechatMiniprogram.IAnyObject, { id: string }> & {
  readonly detail: { readonly value: number }
}

/** Changes a product's quantity in the cart. Where no more fit, a toast shows the limit. */
export async function changeQuantity(
  products: readonly Product[],
  { currentTarget, detail }: QuantityChange,
  show: () => void,
): Promise<void> {
  const product = products.find(({ id }) => id === currentTarget.dataset.id)
  if (product === undefined) return
  const cart = readCart()
  const changed = withQuantity(cart, product, detail.value)
  saveCart(changed)
  show()
  await showTabs()
  if (changed === cart) await wx.showToast({ title: limitText(cart, product), icon: 'none' })
}

function limitText(cart: readonly CartLine[], product: Product): string {
  const { home, phrases } = texts()
  const max = quantityMax(product)
  if (max === 0) return home.soldOut
  return cart.some(({ productId }) => productId === product.id) ? phrases.limit(max) : home.cartFull
}
