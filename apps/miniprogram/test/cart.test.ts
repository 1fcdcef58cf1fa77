import { LINES_MAX, QUANTITY_MAX } from '@tael/contracts'
import { describe, expect, test } from 'vitest'
import { linesOnSale, pieces, totalOf, withOneMore, withQuantity } from '../src/services/cart-lines.ts'
import { en } from '../src/texts/en.ts'
import { cartView, productView } from '../src/views/goods.ts'
import { cup, tea } from './samples.ts'

describe('the cart', () => {
  test('holds one line for each product', () => {
    const cart = withOneMore(withOneMore(withOneMore([], tea), cup), tea)
    expect(cart).toEqual([
      { productId: 'tea', quantity: 2 },
      { productId: 'cup', quantity: 1 },
    ])
    expect(pieces(cart)).toBe(3)
  })

  test('takes no more pieces than there are, or than one order may have', () => {
    const cart = [{ productId: 'cup', quantity: cup.available }]
    expect(withOneMore(cart, cup)).toBe(cart)
    const full = [{ productId: 'tea', quantity: QUANTITY_MAX }]
    expect(withOneMore(full, { ...tea, available: 1_000 })).toBe(full)
  })

  test('takes no more lines than an order may have', () => {
    const full = Array.from({ length: LINES_MAX }, (_, index) => ({ productId: `p${index}`, quantity: 1 }))
    expect(withOneMore(full, tea)).toBe(full)
  })

  test('loses a line with its last piece', () => {
    expect(withQuantity([{ productId: 'tea', quantity: 1 }], 'tea', 0)).toEqual([])
  })

  test('adds up in minor units', () => {
    const cart = [
      { productId: 'tea', quantity: 3 },
      { productId: 'cup', quantity: 2 },
      { productId: 'gone', quantity: 9 },
    ]
    expect(totalOf(cart, [tea, cup])).toEqual({ currency: 'CNY', value: 3 * 12_850 + 2 * 4_501 })
    expect(totalOf([], [tea])).toBeUndefined()
  })

  test('never adds two currencies', () => {
    const cart = [
      { productId: 'tea', quantity: 1 },
      { productId: 'cup', quantity: 1 },
    ]
    expect(() => totalOf(cart, [tea, { ...cup, price: { currency: 'JPY', value: 500 } }])).toThrow(RangeError)
  })

  test('knows which goods are still on sale', () => {
    const lines = linesOnSale(
      [
        { productId: 'gone', quantity: 1 },
        { productId: 'tea', quantity: 1 },
      ],
      [tea],
    )
    expect(lines.map(({ line }) => line.productId)).toEqual(['tea'])
  })

  test('cannot be paid while a line asks for more than there is', () => {
    const cart = [{ productId: 'cup', quantity: 3 }]
    expect(cartView(cart, [cup], en, 'en')).toMatchObject({
      payable: false,
      lines: [{ problem: 'Only 2 left' }],
    })
    const left = [{ ...cup, available: 3 }]
    expect(cartView(cart, left, en, 'en')).toMatchObject({ payable: true, total: '¥135.03' })
    const none = [{ ...cup, available: 0 }]
    expect(cartView(cart, none, en, 'en').lines[0]?.problem).toBe('Sold out, please remove')
  })
})

describe('a product on the first page', () => {
  test('tells how few are left, and how many are in the cart', () => {
    expect(productView(cup, [{ productId: 'cup', quantity: 1 }], en, 'en')).toMatchObject({
      name: 'Tea cup',
      price: '¥45.01',
      stock: 'Only 2 left',
      inCart: '1 in cart',
      soldOut: false,
      addLabel: 'Add to cart: Tea cup',
    })
    expect(productView({ ...tea, available: 0 }, [], en, 'en')).toMatchObject({
      stock: 'Sold out',
      soldOut: true,
    })
  })
})
