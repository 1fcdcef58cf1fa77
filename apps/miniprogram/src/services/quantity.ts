import type { Product } from '@tael/contracts'
import { messages } from '../texts/index.ts'
import { readCart, saveCart } from './cart.ts'
import { withQuantity } from './cart-lines.ts'
import { showTabs } from './tabs.ts'

/** What a quantity-stepper tells: the number it was tapped to, for the product of its `data-id`. */
export type QuantityChange = WechatMiniprogram.BaseEvent<WechatMiniprogram.IAnyObject, { id: string }> & {
  readonly detail: { readonly value: number }
}

/** Changes how many pieces of a product are in the cart, and says so where that is all there is. */
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
  if (changed === cart) await wx.showToast({ title: messages().home.full, icon: 'none' })
}
