import * as Type from '@sinclair/typebox'
import { OrderSummary } from './orders.ts'

/** The most orders that a search finds. */
export const SEARCH_HITS_MAX = 20

/** A whole reference, as it stands in a message, in the Customer Area or in WeChat. */
export const SearchQuery = Type.Object(
  {
    q: Type.String({
      minLength: 1,
      maxLength: 80,
      pattern: '^[!-~]+( [!-~]+)*$',
      description:
        "The id or number of an order, or a merchant's own reference of it; the id of a payment, a refund or a shopper; a pspReference of Adyen; the transaction id of WeChat; or the SHA-256 of an openid in hex.",
    }),
  },
  { title: 'SearchQuery', additionalProperties: false },
)
export type SearchQuery = Type.Static<typeof SearchQuery>

/** What a reference is of. */
export const SearchMatch = Type.Union([
  Type.Literal('order'),
  Type.Literal('order_number'),
  Type.Literal('merchant_reference'),
  Type.Literal('payment'),
  Type.Literal('payment_psp_reference'),
  Type.Literal('wechat_transaction'),
  Type.Literal('refund'),
  Type.Literal('refund_psp_reference'),
  Type.Literal('shopper'),
  Type.Literal('openid_hash'),
])
export type SearchMatch = Type.Static<typeof SearchMatch>

/** The orders that a reference leads to, newest first. */
export const SearchResult = Type.Object(
  {
    hits: Type.Array(
      Type.Object(
        { match: SearchMatch, order: OrderSummary },
        { title: 'SearchHit', additionalProperties: false },
      ),
    ),
  },
  { title: 'SearchResult', additionalProperties: false },
)
export type SearchResult = Type.Static<typeof SearchResult>
