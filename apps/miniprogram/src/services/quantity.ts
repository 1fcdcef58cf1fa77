import { StorageError } from '@tael/miniprogram-pay/shop'
import { readCart, saveCart } from './cart.ts'
import { quantityMax, withQuantity, type CartLine } from './cart-lines.ts'
import { texts } from './language.ts'
import { knownProducts } from './products.ts'
import { showTabs } from './tabs.ts'

/** The event of a quantity-stepper: by how many pieces of the product in its `data-id`. */
export type QuantityChange = WechatMiniprogram.BaseEvent<WechatMiniprogram.IAnyObject, { id: string }> & {
  readonly detail: { readonly step: number }
}

/** A tap that sets the pieces of a product to a number. */
export type QuantityTap = WechatMiniprogram.BaseEvent<
  WechatMiniprogram.IAnyObject,
  { id: string; quantity: number }
>

/**
 * Changes a product's quantity from what the cart has, whatever the page shows. Where no more fit,
 * a toast shows the limit.
 */
export async function changeQuantity(change: QuantityChange, show: () => void): Promise<void> {
  const { id } = change.currentTarget.dataset
  const before = readCart().find(({ productId }) => productId === id)?.quantity ?? 0
  await setQuantity(id, before + change.detail.step, show)
}

export async function setQuantity(productId: string, quantity: number, show: () => void): Promise<void> {
  const product = knownProducts()?.find(({ id }) => id === productId)
  if (product === undefined) return
  const cart = readCart()
  const changed = withQuantity(cart, product, quantity)
  const refusal = changed === cart ? limitText(cart, productId, quantityMax(product)) : trySaving(changed)
  show()
  await showTabs()
  if (refusal !== undefined) await wx.showToast({ title: refusal, icon: 'none' })
}

/** Why the cart cannot be stored. */
function trySaving(cart: readonly CartLine[]): string | undefined {
  try {
    saveCart(cart)
    return undefined
  } catch (error) {
    if (error instanceof StorageError) return texts().problems.storage_full
    throw error
  }
}

function limitText(cart: readonly CartLine[], id: string, max: number): string {
  const { home, phrases } = texts()
  if (max === 0) return home.soldOut
  return cart.some(({ productId }) => productId === id) ? phrases.limit(max) : home.cartFull
}
