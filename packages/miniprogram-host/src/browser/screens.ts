import { resolvePath } from '../paths.ts'
import type { Device } from './device.ts'
import { messageOf } from './hooks.ts'
import type { Modules } from './modules.ts'
import { type MountedScreen, mountScreen, type Screen, type ScreenOptions } from './screen.ts'
import { CUSTOM_TAB_BAR } from '../program.ts'
import { createTabBar, type TabBarView } from './tab-bar.ts'

/** WeChat's limit of open pages (developers.weixin.qq.com, wx.navigateTo). */
const DEPTH_MAX = 10

export interface ScreensOptions extends Omit<ScreenOptions, 'theme' | 'back' | 'hasCustomTabBar'> {
  readonly modules: Modules
  readonly device: Device
}

interface Target {
  readonly unit: string
  readonly query: Readonly<Record<string, string>>
}

/**
 * Parses `/pages/a/a?x=1`, relative to the page `from`. Values stay encoded, because a page decodes
 * what it encoded; unverified against a phone.
 */
function parseTarget(url: string, from: string): Target {
  const [path = '', search = ''] = url.split('?')
  const pairs = search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const [name = '', ...value] = pair.split('=')
      return [name, value.join('=')]
    })
  return { unit: resolvePath(from, path), query: Object.fromEntries(pairs) }
}

/** The page stack. What WeChat would refuse throws an Error with the text after `navigateTo:`. */
export class Screens {
  /** WeChat's; undefined where there is none or the Mini Program draws its own. */
  readonly tabBar: TabBarView | undefined
  readonly #options: ScreensOptions
  /** Opened tab pages, which stay open behind other pages. */
  readonly #tabs = new Map<string, Screen>()
  #stack: Screen[] = []

  constructor(options: ScreensOptions) {
    const { program, parent, words, device } = options
    this.#options = options
    if (program.app.tabBar !== undefined && !this.hasCustomTabBar)
      this.tabBar = createTabBar(program.app.tabBar, program.theme, words, (unit) => this.#tapTab(unit))
    if (this.tabBar !== undefined) parent.after(this.tabBar.element)
    this.tabBar?.paint(device.theme)
    device.onTheme((theme) => {
      for (const { bar } of this.#open()) bar.paint(theme)
      this.tabBar?.paint(theme)
    })
  }

  get hasCustomTabBar(): boolean {
    return this.#options.program.app.tabBar?.custom === true
  }

  top(): Screen {
    const screen = this.#stack.at(-1)
    if (screen === undefined) throw new Error('No page is open.')
    return screen
  }

  /** The result of `getCurrentPages()`: the pages from the first to the front one. */
  instances(): readonly object[] {
    return this.#stack.map(({ instance }) => instance)
  }

  navigateTo(url: string): void {
    const target = this.#locate(url)
    if (this.#isTab(target.unit)) throw new Error('fail can not navigateTo a tabbar page')
    if (this.#stack.length >= DEPTH_MAX) throw new Error('fail webview count limit exceed')
    const next = this.#mount(target)
    this.top().hide()
    this.#enter(next)
  }

  redirectTo(url: string): void {
    const target = this.#locate(url)
    if (this.#isTab(target.unit)) throw new Error('fail can not redirectTo a tabbar page')
    const next = this.#mount(target)
    this.#leave(this.#stack.splice(-1), false)
    this.#enter(next)
  }

  reLaunch(url: string): void {
    const next = this.#mount(this.#locate(url))
    this.#leave(this.#open(), false)
    this.#stack = []
    this.#enter(next)
  }

  switchTab(url: string): void {
    const { unit } = this.#locate(url)
    if (!this.#isTab(unit)) throw new Error('fail can not switch to no-tabBar page')
    if (this.#stack.length === 1 && this.top().unit === unit) return
    const known = this.#tabs.get(unit)
    if (known === undefined) {
      const next = this.#mount({ unit, query: {} })
      this.#leave(this.#stack, true)
      this.#stack = []
      this.#enter(next)
      return
    }
    this.#leave(this.#stack, true)
    this.#stack = [known]
    this.#arrange()
    known.show()
  }

  navigateBack(delta: number): void {
    if (this.#stack.length < 2) throw new Error('fail cannot navigate back at first page.')
    this.#leave(this.#stack.splice(Math.max(1, this.#stack.length - delta)), false)
    this.#arrange()
    this.top().show()
  }

  #open(): Screen[] {
    return [...new Set([...this.#tabs.values(), ...this.#stack])]
  }

  #isTab(unit: string): boolean {
    return this.#options.program.app.tabBar?.list.some(({ pagePath }) => pagePath === unit) ?? false
  }

  #locate(url: string): Target {
    const target = parseTarget(url, this.#stack.at(-1)?.unit ?? '')
    if (this.#options.program.app.pages.includes(target.unit)) return target
    throw new Error(`fail page "${target.unit}" is not found`)
  }

  /** Mounts a page before another is left, so that one that cannot be mounted changes nothing. */
  #mount({ unit, query }: Target): MountedScreen {
    const { modules, device } = this.#options
    try {
      modules.define(unit)
      const hasCustomTabBar = this.hasCustomTabBar && this.#isTab(unit)
      if (hasCustomTabBar) modules.define(CUSTOM_TAB_BAR)
      const back = (): void => this.navigateBack(1)
      const options = { ...this.#options, theme: device.theme, back, hasCustomTabBar }
      return mountScreen(unit, query, options)
    } catch (error) {
      throw new Error(`fail page "${unit}" cannot be shown: ${messageOf(error)}`, { cause: error })
    }
  }

  #enter({ screen, enter }: MountedScreen): void {
    this.#stack.push(screen)
    if (this.#isTab(screen.unit)) this.#tabs.set(screen.unit, screen)
    this.#arrange()
    enter()
  }

  #leave(screens: readonly Screen[], keepTabs: boolean): void {
    for (const screen of screens.toReversed()) {
      const isTab = this.#tabs.get(screen.unit) === screen
      if (isTab && keepTabs) screen.hide()
      else screen.close()
      if (isTab && !keepTabs) this.#tabs.delete(screen.unit)
    }
  }

  /** Shows only the front page, with its back button and its tab. */
  #arrange(): void {
    const front = this.top()
    for (const screen of this.#open()) screen.element.hidden = screen !== front
    front.bar.setBack(this.#stack.length > 1)
    this.tabBar?.select(front.unit)
  }

  #tapTab(unit: string): void {
    try {
      this.switchTab(`/${unit}`)
    } catch (error) {
      this.#options.report(new Error(`switchTab:${messageOf(error)}`))
    }
  }
}
