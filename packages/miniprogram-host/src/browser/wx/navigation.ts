import type { Warn } from '../hooks.ts'
import type { Screens } from '../screens.ts'
import type { TabBarView } from '../tab-bar.ts'
import { asynchronous, asynchronousBare, type Callbacks } from './api.ts'

/** Pages, the navigation bar and the tab bar. */
export function navigationApis(screens: () => Screens, warn: Warn) {
  const toPage = (name: 'navigateTo' | 'redirectTo' | 'reLaunch' | 'switchTab') =>
    asynchronous(name, (options: { url: string; events?: object }) => {
      if (options.events !== undefined) throw new Error('fail events are not in this host')
      screens()[name](options.url)
      return {}
    })
  const back = asynchronous('navigateBack', ({ delta = 1 }: { delta?: number }) => {
    screens().navigateBack(delta)
    return {}
  })
  return {
    navigateTo: toPage('navigateTo'),
    redirectTo: toPage('redirectTo'),
    reLaunch: toPage('reLaunch'),
    switchTab: toPage('switchTab'),
    navigateBack: (options: Callbacks & { delta?: number } = {}) => back(options),
    setNavigationBarTitle: asynchronous('setNavigationBarTitle', ({ title }: { title: string }) => {
      screens().top().bar.setTitle(title)
      return {}
    }),
    ...tabBarApis(screens, warn),
    startPullDownRefresh: asynchronousBare('startPullDownRefresh', () => {
      screens().top().pullDown.start()
      return {}
    }),
    stopPullDownRefresh: asynchronousBare('stopPullDownRefresh', () => {
      screens().top().pullDown.stop()
      return {}
    }),
    pageScrollTo: asynchronous('pageScrollTo', ({ scrollTop = 0 }: { scrollTop?: number }) => {
      screens().top().element.querySelector('.host-scroller')?.scrollTo({ top: scrollTop })
      return {}
    }),
    createSelectorQuery: (): unknown => {
      const page = screens().top().instance
      const create: unknown = Reflect.get(page, 'createSelectorQuery')
      return typeof create === 'function' ? Reflect.apply(create, page, []) : undefined
    },
  }
}

/** They change WeChat's tab bar and have no effect on a custom one (developers.weixin.qq.com). */
function tabBarApis(screens: () => Screens, warn: Warn) {
  const change = (name: string, apply: (tabBar: TabBarView) => void): object => {
    const { tabBar, hasCustomTabBar } = screens()
    if (hasCustomTabBar) {
      warn(`wx.${name} has no effect: the tab bar is custom`)
      return {}
    }
    // WeChat refuses it outside tab pages; the text is unverified against a phone.
    if (tabBar?.has(screens().top().unit) !== true) throw new Error('fail not TabBar page')
    apply(tabBar)
    return {}
  }
  return {
    setTabBarItem: asynchronous('setTabBarItem', (options: WechatMiniprogram.SetTabBarItemOption) => {
      const { index, text, iconPath, selectedIconPath } = options
      return change('setTabBarItem', (tabBar) =>
        tabBar.setItem(index, {
          ...(text === undefined ? {} : { text }),
          ...(iconPath === undefined ? {} : { iconPath }),
          ...(selectedIconPath === undefined ? {} : { selectedIconPath }),
        }),
      )
    }),
    setTabBarBadge: asynchronous('setTabBarBadge', ({ index, text }: { index: number; text: string }) =>
      change('setTabBarBadge', (tabBar) => tabBar.setBadge(index, text)),
    ),
    removeTabBarBadge: asynchronous('removeTabBarBadge', ({ index }: { index: number }) =>
      change('removeTabBarBadge', (tabBar) => tabBar.setBadge(index, '')),
    ),
  }
}
