import { formatAmount, type Product } from '@tael/contracts'
import { quantityMax, type CartLine } from '../services/cart-lines.ts'
import type { Locale, Texts } from '../texts/texts.ts'
import { pictureOf, type Picture } from './picture.ts'

/** Below this number of pieces the exact stock is shown. */
const LOW_STOCK_BELOW = 6

/** What a screen reader speaks for each part of a quantity-stepper. */
export interface StepperLabels {
  readonly less: string
  readonly value: string
  readonly more: string
}

export interface ProductView {
  readonly id: string
  readonly name: string
  readonly picture: Picture
  readonly price: string
  readonly stock: string
  readonly lowStock: boolean
  readonly soldOut: boolean
  readonly quantity: number
  readonly quantityMax: number
  readonly labels: StepperLabels
}

/** A product in the shop, with its quantity in the cart. */
export function productView(
  product: Product,
  cart: readonly CartLine[],
  texts: Texts,
  locale: Locale,
): ProductView {
  const { id, available, price } = product
  const name = product.name[locale]
  const quantity = cart.find(({ productId }) => productId === id)?.quantity ?? 0
  return {
    id,
    name,
    picture: pictureOf(id),
    price: formatAmount(price),
    stock: stockText(available, texts),
    lowStock: available < LOW_STOCK_BELOW,
    soldOut: available === 0,
    quantity,
    quantityMax: quantityMax(product),
    labels: stepperLabels(name, quantity, texts),
  }
}

export function stockText(available: number, { home, phrases }: Texts): string {
  if (available === 0) return home.soldOut
  return available < LOW_STOCK_BELOW ? phrases.onlyLeft(available) : home.inStock
}

export function stepperLabels(name: string, quantity: number, { stepper, phrases }: Texts): StepperLabels {
  return {
    less: phrases.labelled(quantity > 1 ? stepper.less : stepper.remove, name),
    value: phrases.labelled(name, String(quantity)),
    more: phrases.labelled(stepper.more, name),
  }
}
