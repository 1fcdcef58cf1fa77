import { Address, check } from '@tael/contracts'
import { delivery } from '../merchant/shop.ts'
import { tael } from './tael.ts'

const ADDRESS = 'address'

/** The address that the shopper chose last on this phone; none in a shop that delivers nothing. */
export function storedAddress(): Address | undefined {
  return delivery ? tael.storage.read(ADDRESS, Address) : undefined
}

/** What became of a choice. `refused`: the shopper did not let WeChat share an address. */
export type AddressChoice = 'chosen' | 'cancelled' | 'refused' | 'failed'

/**
 * Lets the shopper choose an address in WeChat (developers.weixin.qq.com, wx.chooseAddress), and
 * stores it. After a refusal WeChat asks again the next time: since 2020 its settings have no entry
 * for addresses (AuthSetting). Throws a StorageError.
 */
export async function chooseAddress(): Promise<AddressChoice> {
  // The build then removes the call, which WeChat would look for in its review.
  if (!delivery) return 'cancelled'
  const answer = await new Promise<{ errMsg: string }>((resolve) => {
    wx.chooseAddress({ complete: resolve })
  })
  const address = addressOf(answer)
  if (address !== undefined) {
    tael.storage.store(ADDRESS, address)
    return 'chosen'
  }
  if (answer.errMsg.includes('cancel')) return 'cancelled'
  return /deny|privacy permission/.test(answer.errMsg) ? 'refused' : 'failed'
}

/** The members of WeChat's answer that an order takes, without those that are empty. */
function addressOf(answer: object): Address | undefined {
  const members = Object.entries(answer).filter(([name, value]) => name in Address.properties && value !== '')
  const address: unknown = Object.fromEntries(members)
  return check(Address, address) ? address : undefined
}
