import type { Theme } from '../protocol.ts'
import type { UnitConfig } from '../program.ts'
import { make } from './dom.ts'
import type { BrowserProgram, Framework, MountedPage } from './framework.ts'
import { callHook, type Report } from './hooks.ts'
import { createNavigationBar, type NavigationBar } from './navigation-bar.ts'
import { createPullDown, type PullDown } from './pull-down.ts'
import type { Words } from './words.ts'

/** WeChat's default of `onReachBottomDistance`, in px. */
const REACH_BOTTOM_PX = 50

/** An open page with its bar and its hooks (developers.weixin.qq.com, Page life cycle). */
export interface Screen {
  readonly unit: string
  readonly element: HTMLElement
  readonly instance: object
  readonly bar: NavigationBar
  readonly pullDown: PullDown
  show(): void
  hide(): void
  close(): void
}

export interface ScreenOptions {
  readonly program: BrowserProgram
  readonly framework: Framework
  readonly report: Report
  readonly words: Words
  readonly theme: Theme
  readonly parent: HTMLElement
  readonly back: () => void
  /** Whether the Mini Program's own tab bar belongs below this page. */
  readonly hasCustomTabBar: boolean
}

/** A page that is mounted and not yet in front. */
export interface MountedScreen {
  readonly screen: Screen
  /** Calls onLoad, onShow and, once the page is rendered, onReady. */
  readonly enter: () => void
}

/** Mounts a page behind the others. Throws where it cannot be mounted, and then leaves nothing. */
export function mountScreen(
  unit: string,
  query: Readonly<Record<string, string>>,
  options: ScreenOptions,
): MountedScreen {
  const { program, framework, report, words } = options
  const config: UnitConfig = { ...program.app.window, ...program.units[unit] }
  const bar = createNavigationBar(config, program.theme, words, options.back)
  const scroller = make('div', 'host-scroller')
  // So that the arrow keys scroll a page without controls.
  scroller.tabIndex = 0
  const hook = (name: string, ...parameters: readonly unknown[]): void =>
    void callHook(page.instance, name, parameters, report)
  const byHand = config.enablePullDownRefresh === true
  const pullDown = createPullDown(scroller, byHand, words.loading, () => hook('onPullDownRefresh'))
  const viewport = make('div', 'host-viewport', {}, pullDown.element, scroller)
  const element = make('section', 'host-screen', { 'data-page': unit }, bar.element, viewport)
  bar.paint(options.theme)
  // In the document, because components measure themselves when they are attached.
  options.parent.prepend(element)

  const page: MountedPage = mountOrRemove(element, () => framework.mountPage(unit, scroller))
  if (options.hasCustomTabBar) {
    const bottom = make('div', 'host-custom-tabs')
    viewport.append(bottom)
    mountOrRemove(element, () => page.mountTabBar(bottom))
  }
  Object.assign(page.instance, { route: unit, options: query })
  watchScroll(scroller, config.onReachBottomDistance ?? REACH_BOTTOM_PX, hook)

  let shown = false
  let open = true
  const screen: Screen = {
    unit,
    element,
    instance: page.instance,
    bar,
    pullDown,
    show: () => {
      if (shown || !open) return
      shown = true
      hook('onShow')
      page.pageLifetime('show')
    },
    hide: () => {
      if (!shown || !open) return
      shown = false
      hook('onHide')
      page.pageLifetime('hide')
    },
    close: () => {
      if (!open) return
      open = false
      hook('onUnload')
      page.release()
      element.remove()
    },
  }
  return {
    screen,
    enter: () => {
      hook('onLoad', query)
      screen.show()
      // Not an animation frame: browsers run none in a background tab.
      setTimeout(() => open && hook('onReady'))
    },
  }
}

function mountOrRemove<T>(element: HTMLElement, mount: () => T): T {
  try {
    return mount()
  } catch (error) {
    element.remove()
    throw error
  }
}

function watchScroll(
  scroller: HTMLElement,
  distancePx: number,
  hook: (name: string, ...parameters: readonly unknown[]) => void,
): void {
  let atBottom = false
  scroller.addEventListener('scroll', () => {
    hook('onPageScroll', { scrollTop: scroller.scrollTop })
    const left = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop
    const reached = left <= distancePx
    if (reached && !atBottom) hook('onReachBottom')
    atBottom = reached
  })
}
