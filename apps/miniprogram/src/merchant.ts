import type { LocalisedText } from '@tael/contracts'

/** The Mini Program's AppID, as mp.weixin.qq.com shows it. `touristappid` opens in DevTools without an account. */
export const appId = 'touristappid'

/** The title of the first page. */
export const shopName: LocalisedText = { 'zh-CN': '两茶一盏', en: 'Tael Tea House' }

/**
 * Where the merchant server answers, by the version of the Mini Program that runs (`envVersion` of
 * wx.getAccountInfoSync). Trial and release need https and a host that mp.weixin.qq.com lists for this Mini Program.
 */
export const apiBaseUrl: Readonly<Record<'develop' | 'trial' | 'release', string>> = {
  develop: 'http://127.0.0.1:8600',
  trial: 'https://trial.shop.example',
  release: 'https://shop.example',
}
