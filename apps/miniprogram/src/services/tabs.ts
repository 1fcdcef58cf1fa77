import { messages } from '../texts/index.ts'
import { readCart } from './cart.ts'
import { pieces } from './cart-lines.ts'

const CART_TAB = 1

/**
 * Names the tabs in the shopper's language, since app.json can hold one only, and counts the pieces in the cart on
 * its tab. For pages with tabs: on any other WeChat refuses these calls.
 */
export async function showTabs(): Promise<void> {
  const { home, cart, orders } = messages().tabs
  const count = pieces(readCart())
  await Promise.all([
    ...[home, cart, orders].map((text, index) => wx.setTabBarItem({ index, text })),
    count === 0
      ? wx.removeTabBarBadge({ index: CART_TAB })
      : wx.setTabBarBadge({ index: CART_TAB, text: String(count) }),
  ])
}
