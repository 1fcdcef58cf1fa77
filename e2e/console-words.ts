import { en } from '@tael/console/texts/en'
import { zhCn } from '@tael/console/texts/zh-cn'
import { createInstance } from 'i18next'

/** The texts of the console in one of its languages, by their keys. Throws where there is no such text. */
export function wordsIn(
  language: 'en' | 'zh-CN',
): (key: string, values?: Readonly<Record<string, string | number>>) => string {
  const texts = createInstance()
  void texts.init({
    lng: language,
    resources: { en: { translation: en }, 'zh-CN': { translation: zhCn } },
    interpolation: { escapeValue: false },
    initAsync: false,
  })
  return (key, values = {}) => {
    if (!texts.exists(key)) throw new Error(`The console has no text ${key}.`)
    return texts.t(key, values)
  }
}
