import { texts as overrides } from '../merchant/shop.ts'
import { en } from '../texts/en.ts'
import type { Locale, Texts } from '../texts/texts.ts'
import { withOverrides } from '../texts/with-overrides.ts'
import { zhCN } from '../texts/zh-cn.ts'

const dictionaries: Readonly<Record<Locale, Texts>> = {
  'zh-CN': withOverrides(zhCN, overrides['zh-CN']),
  en: withOverrides(en, overrides.en),
}

/** The shopper's language in WeChat: zh-CN for any Chinese, else English. */
export function locale(): Locale {
  return wx.getAppBaseInfo().language.startsWith('zh') ? 'zh-CN' : 'en'
}

/** Every text, in the shopper's language. */
export function texts(): Texts {
  return dictionaries[locale()]
}
