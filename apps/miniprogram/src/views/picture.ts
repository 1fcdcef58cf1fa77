import { goods } from '../merchant/goods.ts'

/** The picture of a product: its file, and which of the tints of colours.ts it stands on. */
export interface Picture {
  readonly src: string
  readonly tint: number
}

const TINTS = 5

/** Goods without a picture, and pictures that do not load, show a parcel. */
export const parcel = '/pictures/goods.svg'

const pictures = new Map(goods.map(({ id, picture }) => [id, picture]))

/** A product's picture and tint, the same wherever it shows. */
export function pictureOf(productId: string): Picture {
  const letters = Array.from(productId).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)
  return { src: pictures.get(productId) ?? parcel, tint: letters % TINTS }
}
