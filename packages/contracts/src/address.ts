import * as Type from '@sinclair/typebox'
import { LINE } from './text.ts'

const Part = Type.String({ pattern: LINE, maxLength: 64 })

/**
 * Where an order is delivered to, as wx.chooseAddress names it: province, city, county and street
 * are the four levels of China's national standard. `detailInfo` can repeat the street.
 */
export const Address = Type.Object(
  {
    userName: Part,
    telNumber: Part,
    provinceName: Part,
    cityName: Part,
    countyName: Type.Optional(Part),
    streetName: Type.Optional(Part),
    detailInfo: Type.String({ pattern: LINE, maxLength: 256 }),
    postalCode: Type.Optional(Part),
  },
  { title: 'Address', additionalProperties: false },
)
export type Address = Type.Static<typeof Address>
