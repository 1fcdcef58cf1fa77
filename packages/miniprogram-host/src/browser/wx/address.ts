import type { Overlays } from '../overlays.ts'
import type { Words } from '../words.ts'
import { asynchronousBare } from './api.ts'

/** The example of WeChat's documentation. */
const address = {
  userName: '张三',
  postalCode: '510000',
  provinceName: '广东省',
  cityName: '广州市',
  countyName: '海珠区',
  streetName: '',
  detailInfo: '新港中路397号',
  detailInfoNew: '新港中路397号',
  nationalCode: '510105',
  telNumber: '020-81167888',
}

/**
 * `wx.chooseAddress`: asks for consent until it is given, as WeChat does for an API of the privacy
 * guidelines, and then offers one address (developers.weixin.qq.com, wx.chooseAddress and user
 * privacy).
 */
export function addressApis(overlays: Overlays, words: Words) {
  let consented = false
  return {
    chooseAddress: asynchronousBare('chooseAddress', async () => {
      consented ||= await confirmed(words.addressConsent, '', words.accept, words.reject)
      if (!consented) throw new Error('fail privacy permission is not authorized')
      const { userName, telNumber, provinceName, cityName, countyName, detailInfo } = address
      const text = `${userName} ${telNumber}\n${provinceName}${cityName}${countyName}${detailInfo}`
      if (!(await confirmed(words.address, text))) throw new Error('fail cancel')
      return address
    }),
  }

  async function confirmed(title: string, content: string, confirmText?: string, cancelText?: string) {
    const modal = { title, content, showCancel: true, editable: false, confirmText, cancelText }
    return (await overlays.showModal(modal)).confirm
  }
}
