import { readCart } from './cart.ts'
import { countPieces } from './cart-lines.ts'
import { texts } from './language.ts'
import { tabs } from './tab-pages.ts'

const CART_TAB = tabs.indexOf('cart')

/**
 * Labels the tabs in the shopper's language, as app.json has one language only, and shows the
 * pieces in the cart. For tab pages: on any other, WeChat refuses these calls.
 */
export async function showTabs(): Promise<void> {
  const labels = texts().tabs
  const count = countPieces(readCart())
  await Promise.all([
    ...tabs.map((tab, index) => wx.setTabBarItem({ index, text: labels[tab] })),
    count === 0
      ? wx.removeTabBarBadge({ index: CART_TAB })
      : wx.setTabBarBadge({ index: CART_TAB, text: String(count) }),
  ])
}
