import type { LocalisedText } from '@tael/contracts'
import type { SimulatedWeChatOptions } from '@tael/miniprogram-pay/simulated-cashier'
import type { Locale, TextOverrides } from '../texts/texts.ts'

/** The AppID from mp.weixin.qq.com. `touristappid` opens in DevTools without an account. */
export const appId = 'touristappid'

/** The title of the home page, and of the card that shoppers share. */
export const shopName: LocalisedText = { 'zh-CN': '两茶一盏', en: 'Tael Tea House' }

/**
 * The address of the merchant server, by the version of the Mini Program (`envVersion` of
 * wx.getAccountInfoSync). Trial and release need https and a host that mp.weixin.qq.com lists for
 * this Mini Program.
 */
export const apiBaseUrl: Readonly<Record<'develop' | 'trial' | 'release', string>> = {
  develop: 'http://127.0.0.1:8600',
  trial: 'https://trial.shop.example',
  release: 'https://shop.example',
}

/**
 * Whether Tael's simulator stands in for WeChat's login and cashier: in DevTools or on a phone, before
 * WeChat Pay is set up. `release upload` refuses a build that contains it.
 */
export const simulatesWeChat: boolean = false

/** Where `pnpm demo` has the simulator, and its AppID. */
export const simulation: SimulatedWeChatOptions = {
  simulator: 'http://127.0.0.1:8800',
  appId: 'wx0123456789abcdef',
}

/**
 * The shop's own colours. `accent` colours text and signs on white, or near-black in the dark
 * theme; `button` is the ground of `buttonText`. WeChat's green, #07c160, is too light for white
 * text; this is the nearest that is not.
 */
export const brand = {
  light: { button: '#05803d', buttonPressed: '#046a32', buttonText: '#ffffff', accent: '#06753a' },
  dark: { button: '#05803d', buttonPressed: '#046a32', buttonText: '#ffffff', accent: '#3ecf7f' },
} as const

/** The picture on a shared card: PNG or JPG, 5:4. */
export const sharePicture = '/pictures/share.png'

/**
 * Templates of the subscribe messages (mp.weixin.qq.com, Subscribe messages) that a shopper with an
 * undecided payment is offered. Without any, none is offered.
 */
export const paymentMessageTemplates: readonly string[] = []

/**
 * Whether orders and payments offer WeChat's customer service (`open-type="contact"`), with the
 * order's number. Switch it on once somebody answers: mp.weixin.qq.com, Customer service.
 */
export const customerService: boolean = false

/**
 * Whether the cart asks for an address to deliver to, in WeChat (wx.chooseAddress). Before you switch
 * it on, at mp.weixin.qq.com: open the API (Development management, 接口设置) and declare addresses in
 * the user privacy guidelines; docs/going-live.md has the whole list. The build declares it in
 * app.json. Afterwards set SHOP_DELIVERS on the server, which then refuses orders without one.
 */
export const delivery: boolean = false

/** Your own wording for any text of src/texts, by language. */
export const texts: Readonly<Record<Locale, TextOverrides>> = { 'zh-CN': {}, en: {} }
