import {
  LINES_MAX,
  multiply,
  QUANTITY_MAX,
  type Amount,
  type CreateOrder,
  type Product,
} from '@tael/contracts'

/** So many pieces of one product. A product stands in one line only. */
export type CartLine = CreateOrder['lines'][number]

/** The most pieces of `product` one cart may hold: what an order takes, and no more than there is. */
export function quantityMax(product: Product): number {
  return Math.min(QUANTITY_MAX, product.available)
}

/** The cart with one more piece of `product`; the same cart where no more may go in. */
export function withOneMore(lines: readonly CartLine[], product: Product): readonly CartLine[] {
  const line = lines.find(({ productId }) => productId === product.id)
  const quantity = (line?.quantity ?? 0) + 1
  if (quantity > quantityMax(product)) return lines
  if (line !== undefined) return withQuantity(lines, product.id, quantity)
  return lines.length >= LINES_MAX ? lines : [...lines, { productId: product.id, quantity }]
}

/** The cart with `quantity` pieces in that line; none at all takes the line away. */
export function withQuantity(
  lines: readonly CartLine[],
  productId: string,
  quantity: number,
): readonly CartLine[] {
  return lines
    .map((line) => (line.productId === productId ? { productId, quantity } : line))
    .filter((line) => line.quantity > 0)
}

export function pieces(lines: readonly CartLine[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0)
}

/** The lines whose product is still on sale. */
export function linesOnSale(
  lines: readonly CartLine[],
  products: readonly Product[],
): readonly { readonly line: CartLine; readonly product: Product }[] {
  return lines.flatMap((line) => {
    const product = products.find(({ id }) => id === line.productId)
    return product === undefined ? [] : [{ line, product }]
  })
}

/**
 * What the goods cost together; undefined for an empty cart. A shop sells in one currency: throws a RangeError
 * where two meet.
 */
export function totalOf(lines: readonly CartLine[], products: readonly Product[]): Amount | undefined {
  return linesOnSale(lines, products)
    .map(({ line, product }) => multiply(product.price, line.quantity))
    .reduce<Amount | undefined>((sum, amount) => {
      if (sum === undefined) return amount
      if (sum.currency !== amount.currency) throw new RangeError('The goods have prices in two currencies.')
      return { currency: sum.currency, value: sum.value + amount.value }
    }, undefined)
}
