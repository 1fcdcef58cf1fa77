import { LINES_MAX, QUANTITY_MAX } from '@tael/contracts'
import { describe, expect, test } from 'vitest'
import { type CartLine, countPieces, linesOnSale, totalOf, withQuantity } from '../src/services/cart-lines.ts'
import { en } from '../src/texts/en.ts'
import { zhCN } from '../src/texts/zh-cn.ts'
import { cartView } from '../src/views/cart.ts'
import { pictureOf } from '../src/views/picture.ts'
import { productView } from '../src/views/product.ts'
import { cup, tea } from './samples.ts'

describe('the cart', () => {
  test('holds one line for each product', () => {
    const cart = withQuantity(withQuantity(withQuantity([], tea, 1), cup, 1), tea, 2)
    expect(cart).toEqual([
      { productId: 'tea', quantity: 2 },
      { productId: 'cup', quantity: 1 },
    ])
    expect(countPieces(cart)).toBe(3)
  })

  test('holds no more pieces than the stock, or than an order may have', () => {
    const cart = [{ productId: 'cup', quantity: cup.available }]
    expect(withQuantity(cart, cup, cup.available + 1)).toBe(cart)
    const full = [{ productId: 'tea', quantity: QUANTITY_MAX }]
    expect(withQuantity(full, { ...tea, available: 1_000 }, QUANTITY_MAX + 1)).toBe(full)
    const none: readonly CartLine[] = []
    expect(withQuantity(none, { ...cup, available: 0 }, 1)).toBe(none)
  })

  test('can be reduced piece by piece where the stock has shrunk below it', () => {
    const cart = [{ productId: 'cup', quantity: 9 }]
    expect(withQuantity(cart, cup, 8)).toEqual([{ productId: 'cup', quantity: 8 }])
  })

  test('holds no more lines than an order may have', () => {
    const full = Array.from({ length: LINES_MAX }, (_, index) => ({ productId: `p${index}`, quantity: 1 }))
    expect(withQuantity(full, tea, 1)).toBe(full)
  })

  test('loses a line with its last piece', () => {
    expect(withQuantity([{ productId: 'tea', quantity: 1 }], tea, 0)).toEqual([])
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

  test('separates the goods that are still on sale', () => {
    const lines = linesOnSale(
      [
        { productId: 'gone', quantity: 1 },
        { productId: 'tea', quantity: 1 },
      ],
      [tea],
    )
    expect(lines.map(({ line }) => line.productId)).toEqual(['tea'])
  })

  test('cannot be paid while a line exceeds the stock', () => {
    const cart = [{ productId: 'cup', quantity: 3 }]
    expect(cartView(cart, [cup], en, 'en')).toMatchObject({
      payable: false,
      lines: [{ problem: 'Only 2 left', remedy: { label: 'Change to 2', quantity: 2 } }],
    })
    const left = [{ ...cup, available: 3 }]
    expect(cartView(cart, left, en, 'en')).toMatchObject({ payable: true, total: '¥135.03' })
    const none = [{ ...cup, available: 0 }]
    expect(cartView(cart, none, en, 'en').lines[0]?.problem).toBe('Sold out, please remove')
    expect(cartView(cart, none, en, 'en').lines[0]?.remedy).toEqual({ label: 'Remove', quantity: 0 })
  })
})

describe('a product in the shop', () => {
  test('shows its stock, how much of it is in the cart, and labels for a screen reader', () => {
    expect(productView(cup, [{ productId: 'cup', quantity: 1 }], en, 'en')).toMatchObject({
      name: 'Tea cup',
      price: '¥45.01',
      stock: 'Only 2 left',
      lowStock: true,
      soldOut: false,
      quantity: 1,
      quantityMax: 2,
      labels: { less: 'Remove: Tea cup', value: 'Tea cup: 1', more: 'Add one: Tea cup' },
    })
    const two = [{ productId: 'cup', quantity: 2 }]
    expect(productView(cup, two, zhCN, 'zh-CN').labels).toEqual({
      less: '减一件：茶杯',
      value: '茶杯：2',
      more: '加一件：茶杯',
    })
    expect(productView(tea, [], zhCN, 'zh-CN')).toMatchObject({ stock: '有货', lowStock: false, quantity: 0 })
    expect(productView({ ...tea, available: 0 }, [], en, 'en')).toMatchObject({
      stock: 'Sold out',
      soldOut: true,
    })
  })

  test('shows its picture, or a parcel where it has none', () => {
    expect(pictureOf('pot-yixing').src).toBe('/pictures/pot-yixing.svg')
    expect(pictureOf('tea').src).toBe('/pictures/goods.svg')
  })
})
