import { fileURLToPath } from 'node:url'
import type { Language } from './playground.ts'

/** Settings of a shopper's phone that change how pages look. */
export interface Look {
  readonly language: Language
  readonly theme: 'Light' | 'Dark'
  readonly screen: string
  readonly textScale: number
}

const languages = ['English', '中文'] as const
const themes = ['Light', 'Dark'] as const
const screens = ['320x568', '375x667', '430x932'] as const

const textScales = [1, 1.5, 2] as const

const every: readonly Look[] = languages.flatMap((language) =>
  themes.flatMap((theme) =>
    screens.flatMap((screen) => textScales.map((textScale) => ({ language, theme, screen, textScale }))),
  ),
)

/** The looks of a normal run; with `LOOKS=all`, every language and theme at each width and text size. */
export function looks(few: readonly Look[]): readonly Look[] {
  return process.env['LOOKS'] === 'all' ? every : few
}

/** The path of a screenshot. */
export function pictureFile(name: string): string {
  return fileURLToPath(new URL(`./screenshots/${name}.png`, import.meta.url))
}

/** The name of a page's screenshot in a look. */
export function pictureName({ language, theme, screen, textScale }: Look, page: string): string {
  const width = screen.split('x')[0]
  return `${language === 'English' ? 'en' : 'zh'}-${theme.toLowerCase()}-${width}-${textScale}-${page}`
}
