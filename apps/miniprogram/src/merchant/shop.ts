import type { LocalisedText } from '@tael/contracts'
import type { Locale, TextOverrides } from '../texts/texts.ts'

/** The Mini Program's AppID, as mp.weixin.qq.com shows it. `touristappid` opens in DevTools without an account. */
export const appId = 'touristappid'

/** The title of the first page, and of the card that shoppers share. */
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

/**
 * The shop's own colours. `accent` is text and signs on white (on near-black in the dark theme), `button` what stands
 * under `buttonText`. WeChat's green, #07c160, is too light under white text; this one is the nearest that is not.
 */
export const brand = {
  light: { button: '#05803d', buttonPressed: '#046a32', buttonText: '#ffffff', accent: '#06753a' },
  dark: { button: '#05803d', buttonPressed: '#046a32', buttonText: '#ffffff', accent: '#3ecf7f' },
} as const

/** The picture on a shared card: PNG or JPG, 5:4. */
export const sharePicture = '/pictures/share.png'

/**
 * Templates of subscribe texts (mp.weixin.qq.com, Subscribe texts) that a shopper who waits for the outcome of a
 * payment may opt in to. Without any, nobody is asked.
 */
export const paymentMessageTemplates: readonly string[] = []

/** Sentences to say in other words than those of src/texts, by language. */
export const texts: Readonly<Record<Locale, TextOverrides>> = { 'zh-CN': {}, en: {} }
