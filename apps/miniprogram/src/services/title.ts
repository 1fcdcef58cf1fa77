import type { Texts } from '../texts/texts.ts'
import { texts } from './language.ts'

/** Shows the page's title in the shopper's language, as a page's JSON has one language only. */
export async function showTitle(page: keyof Texts['titles']): Promise<void> {
  await wx.setNavigationBarTitle({ title: texts().titles[page] })
}
