import { readCart } from './cart.ts'
import { countPieces } from './cart-lines.ts'
import { texts } from './language.ts'

const CART_TAB = 1

/**
 * Labels the tabs in the shopper's language, as app.json has one language only, and shows the
 * pieces in the cart. For tab pages: on any other, WeChat refuses these calls.
 */
export async function showTabs(): Promise<void> {
  const { home, cart, orders } = texts().tabs
  const count = countPieces(readCart())
  await Promise.all([
    ...[home, cart, orders].map((text, index) => wx.setTabBarItem({ index, text })),
    count === 0
      ? wx.removeTabBarBadge({ index: CART_TAB })
      : wx.setTabBarBadge({ index: CART_TAB, text: String(count) }),
  ])
}
