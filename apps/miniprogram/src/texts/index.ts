import { texts } from '../merchant/shop.ts'
import { changed } from './change.ts'
import { en } from './en.ts'
import type { Locale, Messages } from './messages.ts'
import { zhCN } from './zh-cn.ts'

const dictionaries: Readonly<Record<Locale, Messages>> = {
  'zh-CN': changed(zhCN, texts['zh-CN']),
  en: changed(en, texts.en),
}

/** The shopper's language, as WeChat is set: Chinese of any kind is read in Chinese, everything else in English. */
export function locale(): Locale {
  return wx.getAppBaseInfo().language.startsWith('zh') ? 'zh-CN' : 'en'
}

export function messages(): Messages {
  return dictionaries[locale()]
}
