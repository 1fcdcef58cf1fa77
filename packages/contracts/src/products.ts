import * as Type from '@sinclair/typebox'
import { Amount } from './amount.ts'

/** A text in each language the shop speaks. */
export const LocalisedText = Type.Object(
  { 'zh-CN': Type.String(), en: Type.String() },
  { title: 'LocalisedText', additionalProperties: false },
)
export type LocalisedText = Type.Static<typeof LocalisedText>

export const Product = Type.Object(
  {
    id: Type.String(),
    name: LocalisedText,
    price: Amount,
    available: Type.Integer({
      minimum: 0,
      description: 'Pieces that are neither sold nor reserved by an open order.',
    }),
  },
  { title: 'Product', additionalProperties: false },
)
export type Product = Type.Static<typeof Product>

export const ProductList = Type.Object(
  { products: Type.Array(Product) },
  { title: 'ProductList', additionalProperties: false },
)
export type ProductList = Type.Static<typeof ProductList>
