import { createInstance } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en.ts'
import { zhCn } from './zh-cn.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en }
  }
}

export const languages = { en: 'English', 'zh-CN': '简体中文' } as const
export type Language = keyof typeof languages
/** What every text of the page is read from. */
const texts = createInstance()

const STORED = 'tael-language'

const isLanguage = (text: string | null): text is Language => text !== null && Object.hasOwn(languages, text)

/** The language that was chosen here, or else the browser's. */
function firstLanguage(): Language {
  const chosen = localStorage.getItem(STORED)
  if (isLanguage(chosen)) return chosen
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

/** Changes the language of the page, and remembers it in this browser. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED, language)
  document.documentElement.lang = language
  await texts.changeLanguage(language)
}

export async function startTexts(): Promise<void> {
  const lng = firstLanguage()
  document.documentElement.lang = lng
  await texts.use(initReactI18next).init({
    lng,
    fallbackLng: 'en',
    resources: { en: { translation: en }, 'zh-CN': { translation: zhCn } },
    // React escapes what it shows.
    interpolation: { escapeValue: false },
  })
}
