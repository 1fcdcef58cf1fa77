import { formatAmount, multiply, type Product } from '@tael/contracts'
import { linesOnSale, quantityMax, totalOf, type CartLine } from '../services/cart-lines.ts'
import type { Locale, Messages } from '../texts/messages.ts'

/** Under so many pieces the stock is told: above it nobody needs to hurry. */
const FEW = 6

export interface ProductView {
  readonly id: string
  readonly name: string
  readonly initial: string
  readonly tint: number
  readonly price: string
  readonly stock: string
  readonly inCart: string
  readonly soldOut: boolean
  readonly addLabel: string
}

/** Each product gets one of so many tints of app.wxss, the same one wherever it shows. */
const TINTS = 5

export function tintOf(productId: string): number {
  return Array.from(productId).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % TINTS
}

/** One product of the first page. */
export function productView(
  product: Product,
  cart: readonly CartLine[],
  messages: Messages,
  locale: Locale,
): ProductView {
  const { id, available, price } = product
  const name = product.name[locale]
  const quantity = cart.find(({ productId }) => productId === id)?.quantity ?? 0
  return {
    id,
    name,
    initial: name.slice(0, 1),
    tint: tintOf(id),
    price: formatAmount(price),
    stock: stockText(available, messages),
    inCart: quantity === 0 ? '' : messages.phrases.inCart(quantity),
    soldOut: available === 0,
    addLabel: messages.phrases.addToCart(name),
  }
}

function stockText(available: number, { home, phrases }: Messages): string {
  if (available === 0) return home.soldOut
  return available < FEW ? phrases.onlyLeft(available) : ''
}

interface CartLineView {
  readonly productId: string
  readonly name: string
  readonly initial: string
  readonly tint: number
  readonly price: string
  readonly amount: string
  readonly quantity: number
  readonly quantityMax: number
  readonly problem: string
  readonly moreLabel: string
  readonly lessLabel: string
  readonly removeLabel: string
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
    initial: product.name[locale].slice(0, 1),
    moreLabel: `${messages.cart.more}, ${product.name[locale]}`,
    lessLabel: `${messages.cart.less}, ${product.name[locale]}`,
    removeLabel: `${messages.cart.remove}, ${product.name[locale]}`,
    tint: tintOf(product.id),
    price: formatAmount(product.price),
    amount: formatAmount(multiply(product.price, quantity)),
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
