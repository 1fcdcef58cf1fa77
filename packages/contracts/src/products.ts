import * as Type from '@sinclair/typebox'
import { Amount, Currency, VALUE_MAX } from './amount.ts'
import { Id } from './id.ts'

/** A text in each language of the shop. */
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

/** A product that the merchant offers. */
export const Goods = Type.Object(
  {
    id: Id,
    name: LocalisedText,
    /** In minor units. The shop's currency is required. */
    prices: Type.Partial(
      Type.Record(Currency, Type.Integer({ minimum: 1, maximum: VALUE_MAX }), {
        additionalProperties: false,
      }),
    ),
    /** The number of pieces when the product is first put on sale. */
    stock: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
    /**
     * A file of the Mini Program such as `/pictures/tea.svg`, or an https address. The default is a
     * parcel.
     */
    picture: Type.Optional(Type.String({ pattern: '^(/|https://)' })),
  },
  { additionalProperties: false },
)
export type Goods = Type.Static<typeof Goods>
