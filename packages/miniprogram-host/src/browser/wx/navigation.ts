import type { Screens } from '../screens.ts'
import { asynchronous, asynchronousBare, type Callbacks } from './api.ts'

/** Pages, the navigation bar and the tab bar. */
export function navigationApis(screens: () => Screens) {
  const toPage = (name: 'navigateTo' | 'redirectTo' | 'reLaunch' | 'switchTab') =>
    asynchronous(name, (options: { url: string; events?: object }) => {
      if (options.events !== undefined) throw new Error('fail events are not in this host')
      screens()[name](options.url)
      return {}
    })
  const tabBar = () => {
    const { tabBar } = screens()
    // WeChat refuses it outside tab pages; the text is unverified against a phone.
    if (tabBar?.has(screens().top().unit) !== true) throw new Error('fail not TabBar page')
    return tabBar
  }
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
    setTabBarItem: asynchronous('setTabBarItem', (options: WechatMiniprogram.SetTabBarItemOption) => {
      const { index, text, iconPath, selectedIconPath } = options
      tabBar().setItem(index, {
        ...(text === undefined ? {} : { text }),
        ...(iconPath === undefined ? {} : { iconPath }),
        ...(selectedIconPath === undefined ? {} : { selectedIconPath }),
      })
      return {}
    }),
    setTabBarBadge: asynchronous('setTabBarBadge', ({ index, text }: { index: number; text: string }) => {
      tabBar().setBadge(index, text)
      return {}
    }),
    removeTabBarBadge: asynchronous('removeTabBarBadge', ({ index }: { index: number }) => {
      tabBar().setBadge(index, '')
      return {}
    }),
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
