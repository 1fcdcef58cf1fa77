import type { Texts } from '../texts/texts.ts'

/** The tabs in the order of app.json, by the name of their page and of their label. */
export const tabs: readonly (keyof Texts['tabs'])[] = ['home', 'cart', 'orders']

export const tabPages = tabs.map((name) => `pages/${name}/${name}`)
