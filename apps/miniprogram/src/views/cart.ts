import { formatAmount, multiply, type Product } from '@tael/contracts'
import { countPieces, linesOnSale, quantityMax, totalOf, type CartLine } from '../services/cart-lines.ts'
import type { Locale, Texts } from '../texts/texts.ts'
import { pictureOf, type Picture } from './picture.ts'
import { stepperLabels, stockText, type StepperLabels } from './product.ts'

interface CartLineView {
  readonly productId: string
  readonly name: string
  readonly picture: Picture
  readonly price: string
  readonly amount: string
  readonly stock: string
  readonly quantity: number
  readonly quantityMax: number
  readonly labels: StepperLabels
  readonly problem: string
  /** How one tap solves the problem; null where there is none. */
  readonly remedy: { readonly label: string; readonly quantity: number } | null
}

export interface CartView {
  /** Nothing is in the cart, whatever is on sale. */
  readonly empty: boolean
  readonly lines: readonly CartLineView[]
  readonly total: string
  readonly pieces: string
  /** False where a line exceeds the stock. */
  readonly payable: boolean
}

/** The cart at current prices and stock. */
export function cartView(
  cart: readonly CartLine[],
  products: readonly Product[],
  texts: Texts,
  locale: Locale,
): CartView {
  const onSale = linesOnSale(cart, products)
  const lines = onSale.map(({ line: { quantity }, product }) => {
    const name = product.name[locale]
    return {
      productId: product.id,
      name,
      picture: pictureOf(product.id),
      price: formatAmount(product.price),
      amount: formatAmount(multiply(product.price, quantity)),
      stock: stockText(product.available, texts),
      quantity,
      quantityMax: quantityMax(product),
      labels: stepperLabels(name, quantity, texts),
      problem: quantity <= product.available ? '' : shortageText(product.available, texts),
      remedy: quantity <= product.available ? null : remedyOf(product.available, texts),
    }
  })
  const total = totalOf(cart, products)
  return {
    empty: cart.length === 0,
    lines,
    total: total === undefined ? '' : formatAmount(total),
    pieces: texts.phrases.pieces(countPieces(onSale.map(({ line }) => line))),
    payable: lines.length > 0 && lines.every(({ problem }) => problem === ''),
  }
}

function remedyOf(available: number, { stepper, phrases }: Texts): CartLineView['remedy'] {
  return { label: available === 0 ? stepper.remove : phrases.changeTo(available), quantity: available }
}

function shortageText(available: number, { cart, phrases }: Texts): string {
  return available === 0 ? cart.soldOut : phrases.onlyLeft(available)
}
