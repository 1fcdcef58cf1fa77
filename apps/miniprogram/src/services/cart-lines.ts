import {
  LINES_MAX,
  multiply,
  QUANTITY_MAX,
  type Amount,
  type CreateOrder,
  type Product,
} from '@tael/contracts'

/** A number of pieces of one product. Each product has one line at most. */
export type CartLine = CreateOrder['lines'][number]

/** The most pieces of `product` in one cart: an order's limit, or the stock where that is less. */
export function quantityMax(product: Product): number {
  return Math.min(QUANTITY_MAX, product.available)
}

/** The cart with `quantity` pieces of `product`, or the same array where no more fit. */
export function withQuantity(
  lines: readonly CartLine[],
  product: Product,
  quantity: number,
): readonly CartLine[] {
  const productId = product.id
  const before = lines.find((line) => line.productId === productId)
  if (quantity > (before?.quantity ?? 0) && quantity > quantityMax(product)) return lines
  if (quantity <= 0) return lines.filter((line) => line !== before)
  if (before !== undefined) return lines.map((line) => (line === before ? { productId, quantity } : line))
  return lines.length >= LINES_MAX ? lines : [...lines, { productId, quantity }]
}

export function countPieces(lines: readonly CartLine[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0)
}

/** The lines whose product is on sale, with that product. */
export function linesOnSale(
  lines: readonly CartLine[],
  products: readonly Product[],
): readonly { readonly line: CartLine; readonly product: Product }[] {
  return lines.flatMap((line) => {
    const product = products.find(({ id }) => id === line.productId)
    return product === undefined ? [] : [{ line, product }]
  })
}

/** The total of the lines on sale, if any. Throws a RangeError at a second currency. */
export function totalOf(lines: readonly CartLine[], products: readonly Product[]): Amount | undefined {
  return linesOnSale(lines, products)
    .map(({ line, product }) => multiply(product.price, line.quantity))
    .reduce<Amount | undefined>((sum, amount) => {
      if (sum === undefined) return amount
      if (sum.currency !== amount.currency) throw new RangeError('Two currencies')
      return { currency: sum.currency, value: sum.value + amount.value }
    }, undefined)
}
