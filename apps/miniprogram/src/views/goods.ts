import { formatAmount, multiply, type Product } from '@tael/contracts'
import { pictureOf, type Picture } from './picture.ts'
import { linesOnSale, quantityMax, totalOf, type CartLine } from '../services/cart-lines.ts'
import type { Locale, Messages } from '../texts/messages.ts'

/** Under so many pieces their number is told: above it nobody needs to hurry. */
const FEW = 6

export interface ProductView {
  readonly id: string
  readonly name: string
  readonly picture: Picture
  readonly price: string
  readonly stock: string
  /** Few are left, or none: it is said louder. */
  readonly scarce: boolean
  readonly soldOut: boolean
  readonly quantity: number
  readonly quantityMax: number
}

/** One product of the first page. */
export function productView(
  product: Product,
  cart: readonly CartLine[],
  messages: Messages,
  locale: Locale,
): ProductView {
  const { id, available, price } = product
  return {
    id,
    name: product.name[locale],
    picture: pictureOf(id),
    price: formatAmount(price),
    stock: stockText(available, messages),
    scarce: available < FEW,
    soldOut: available === 0,
    quantity: cart.find(({ productId }) => productId === id)?.quantity ?? 0,
    quantityMax: quantityMax(product),
  }
}

function stockText(available: number, { home, phrases }: Messages): string {
  if (available === 0) return home.soldOut
  return available < FEW ? phrases.onlyLeft(available) : home.inStock
}

interface CartLineView {
  readonly productId: string
  readonly name: string
  readonly picture: Picture
  readonly price: string
  readonly amount: string
  readonly stock: string
  readonly quantity: number
  readonly quantityMax: number
  readonly problem: string
}

export interface CartView {
  readonly lines: readonly CartLineView[]
  readonly total: string
  readonly pieces: string
  /** False where a line asks for more than there is. */
  readonly payable: boolean
}

/** The cart at today's prices and stock. */
export function cartView(
  cart: readonly CartLine[],
  products: readonly Product[],
  messages: Messages,
  locale: Locale,
): CartView {
  const { phrases } = messages
  const lines = linesOnSale(cart, products).map(({ line: { quantity }, product }) => ({
    productId: product.id,
    name: product.name[locale],
    picture: pictureOf(product.id),
    price: formatAmount(product.price),
    amount: formatAmount(multiply(product.price, quantity)),
    stock: stockText(product.available, messages),
    quantity,
    quantityMax: quantityMax(product),
    problem: quantity <= product.available ? '' : shortage(product.available, messages),
  }))
  const total = totalOf(cart, products)
  return {
    lines,
    total: total === undefined ? '' : formatAmount(total),
    pieces: phrases.pieces(lines.reduce((sum, { quantity }) => sum + quantity, 0)),
    payable: lines.length > 0 && lines.every(({ problem }) => problem === ''),
  }
}

function shortage(available: number, { cart, phrases }: Messages): string {
  return available === 0 ? cart.soldOut : phrases.onlyLeft(available)
}
