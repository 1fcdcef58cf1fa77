import * as Type from '@sinclair/typebox'
import { Amount, VALUE_MAX } from '../amount.ts'
import { LocalisedText } from '../products.ts'
import { TEXT } from '../text.ts'

/** The most pieces in one change of stock. */
export const STOCK_CHANGE_MAX = 1_000_000

const pieces = (description: string) => Type.Integer({ minimum: 0, description })

/** A product as operators see it, on sale or not. */
export const ProductRecord = Type.Object(
  {
    id: Type.String(),
    name: LocalisedText,
    price: Type.Union([Amount, Type.Null()], {
      description: "In the shop's currency. Null: it is not on sale.",
    }),
    stock: Type.Object(
      {
        free: pieces('Pieces that can be ordered.'),
        reserved: pieces('Pieces that open orders hold.'),
        sold: pieces('Pieces of paid orders.'),
      },
      { additionalProperties: false },
    ),
  },
  { title: 'ProductRecord', additionalProperties: false },
)
export type ProductRecord = Type.Static<typeof ProductRecord>

/** Every product, in the shop's order. They are few, so that there is one page. */
export const ProductRecords = Type.Object(
  { products: Type.Array(ProductRecord) },
  { title: 'ProductRecords', additionalProperties: false },
)
export type ProductRecords = Type.Static<typeof ProductRecords>

const reason = Type.String({ minLength: 1, maxLength: 500, pattern: TEXT })

/** Adds pieces to the free stock, or removes them. Pieces that orders hold stay. */
export const ChangeStock = Type.Object(
  {
    pieces: Type.Union(
      [
        Type.Integer({ minimum: 1, maximum: STOCK_CHANGE_MAX }),
        Type.Integer({ minimum: -STOCK_CHANGE_MAX, maximum: -1 }),
      ],
      { description: 'How many are added; below zero: removed.' },
    ),
    reason,
  },
  { title: 'ChangeStock', additionalProperties: false },
)
export type ChangeStock = Type.Static<typeof ChangeStock>

const SalePrice = Type.Object(
  { ...Amount.properties, value: Type.Integer({ minimum: 1, maximum: VALUE_MAX }) },
  { additionalProperties: false },
)

/** Puts a product on sale at a price, or takes it off sale. Orders keep the price they were made with. */
export const ChangePrice = Type.Object(
  {
    price: Type.Union([SalePrice, Type.Null()], {
      description: "In the shop's currency. Null: it is no longer on sale.",
    }),
    seen: Type.Union([Amount, Type.Null()], {
      description: 'The price that the operator saw, so that a newer one is not replaced.',
    }),
    reason,
  },
  { title: 'ChangePrice', additionalProperties: false },
)
export type ChangePrice = Type.Static<typeof ChangePrice>
