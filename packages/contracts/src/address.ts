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

/** The address in one line, from the province down, without who receives it. */
export function formatAddress(address: Address): string {
  const { provinceName, cityName, countyName = '', streetName = '', detailInfo } = address
  // A municipality is its own province, and the detail can repeat any of them.
  const levels = new Set([provinceName, cityName, countyName, streetName])
  return [...levels].filter((level) => !detailInfo.includes(level)).join('') + detailInfo
}
