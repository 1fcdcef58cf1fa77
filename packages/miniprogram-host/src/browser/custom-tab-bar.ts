import { component } from 'glass-easel-miniprogram-adapter'

/** The custom tab bar of each page, by the root of a page or of the tab bar itself. */
const tabBars = new WeakMap<object, object>()

/** Makes `tabBar` the result of `getTabBar` in the component `root` and in every component within. */
export function setTabBar(root: object, tabBar: object): void {
  tabBars.set(root, tabBar)
}

/**
 * Gives pages and components `getTabBar`: the custom tab bar of their page, null where it has none,
 * also passed to the callback that Skyline wants (developers.weixin.qq.com, custom tab bar).
 */
export function addGetTabBar(): void {
  Reflect.set(
    component.ComponentCaller.prototype,
    'getTabBar',
    function getTabBar(this: { readonly _$: Nested }, callback?: (tabBar: object | null) => void) {
      let { _$: root } = this
      while (root.ownerShadowRoot !== null) root = root.ownerShadowRoot.getHostNode()
      const tabBar = tabBars.get(root) ?? null
      callback?.(tabBar)
      return tabBar
    },
  )
}

/** A node of glass-easel: only the root of a page is in no other component. */
interface Nested {
  readonly ownerShadowRoot: { getHostNode(): Nested } | null
}
