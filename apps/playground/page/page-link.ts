import type { Language, Theme } from '@tael/miniprogram-host/embedder'

/** What the address of the page chooses, so that a link opens it alike. */
export interface PageLink {
  /** A scenario's name, or `BY_AMOUNT`; without one the simulator keeps its own. */
  readonly scenario?: string
  readonly language: Language
  readonly theme: Theme
  /** The name of a network of the toolbar. */
  readonly network?: string
  /** The phone's screen, in px. */
  readonly size: { readonly width: number; readonly height: number }
  /** WeChat's text size as a factor. */
  readonly textScale: number
}

/** Chooses a payment's scenario by the last two digits of its amount. */
export const BY_AMOUNT = 'by_amount'

const SIZE = { width: 390, height: 844 }

/** `?scenario=refused&language=en&theme=dark&network=Offline&size=320x568&text=1.5` */
export function readPageLink(search: string, browserLanguage: string): PageLink {
  const parameters = new URLSearchParams(search)
  const scenario = parameters.get('scenario')
  const network = parameters.get('network')
  const [, width = SIZE.width, height = SIZE.height] =
    /^(\d{3})x(\d{3,4})$/.exec(parameters.get('size') ?? '') ?? []
  return {
    ...(scenario === null ? {} : { scenario }),
    ...(network === null ? {} : { network }),
    language: languageOf(parameters.get('language'), browserLanguage),
    theme: parameters.get('theme') === 'dark' ? 'dark' : 'light',
    size: { width: Number(width), height: Number(height) },
    textScale: Number(parameters.get('text') ?? 1) || 1,
  }
}

/** The query that `readPageLink` reads; what is the default is left out. */
export function writePageLink({ scenario, language, theme, network, size, textScale }: PageLink): string {
  const parameters = new URLSearchParams({ language })
  if (scenario !== undefined) parameters.set('scenario', scenario)
  if (theme !== 'light') parameters.set('theme', theme)
  if (network !== undefined) parameters.set('network', network)
  if (size.width !== SIZE.width || size.height !== SIZE.height)
    parameters.set('size', `${size.width}x${size.height}`)
  if (textScale !== 1) parameters.set('text', String(textScale))
  return `?${parameters}`
}

function languageOf(parameter: string | null, browserLanguage: string): Language {
  if (parameter === 'en' || parameter === 'zh_CN') return parameter
  return browserLanguage.startsWith('zh') ? 'zh_CN' : 'en'
}
