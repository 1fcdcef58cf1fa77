import { goods } from '../merchant/goods.ts'

/** The picture of a product: its file, and the number of its tint in colours.ts. */
export interface Picture {
  readonly src: string
  readonly tint: number
}

const TINTS = 5

/** Shown for goods without a picture, and for pictures that fail to load. */
export const parcel = '/pictures/goods.svg'

const pictures = new Map(goods.map(({ id, picture }) => [id, picture]))

/** A product's picture and tint, which the id alone decides: they are the same on every page. */
export function pictureOf(productId: string): Picture {
  const letters = Array.from(productId).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)
  return { src: pictures.get(productId) ?? parcel, tint: letters % TINTS }
}
