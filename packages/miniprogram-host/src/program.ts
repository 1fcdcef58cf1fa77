/** The `.json` of a page or component; a page's also holds its window settings. */
export interface UnitConfig {
  readonly component?: boolean
  readonly usingComponents?: Readonly<Record<string, string>>
  readonly componentGenerics?: Readonly<Record<string, true | { readonly default?: string }>>
  readonly styleIsolation?: string
  readonly addGlobalClass?: boolean
  readonly pureDataPattern?: string
  readonly navigationBarTitleText?: string
  readonly navigationBarBackgroundColor?: string
  readonly navigationBarTextStyle?: string
  readonly navigationStyle?: string
  readonly backgroundColor?: string
  readonly enablePullDownRefresh?: boolean
  readonly onReachBottomDistance?: number
}

export interface TabBarItem {
  readonly pagePath: string
  readonly text: string
  readonly iconPath?: string
  readonly selectedIconPath?: string
}

export interface TabBar {
  readonly color?: string
  readonly selectedColor?: string
  readonly backgroundColor?: string
  readonly borderStyle?: string
  /** The component in `custom-tab-bar/` is the tab bar. */
  readonly custom?: boolean
  readonly list: readonly TabBarItem[]
}

/** The component that is a custom tab bar (developers.weixin.qq.com, custom tab bar). */
export const CUSTOM_TAB_BAR = 'custom-tab-bar/index'

/** The members of `app.json` that the host reads. */
export interface AppConfig {
  /** Those of the subpackages too, after the main package's. */
  readonly pages: readonly string[]
  readonly entryPagePath?: string
  readonly window?: UnitConfig
  readonly tabBar?: TabBar
  readonly usingComponents?: Readonly<Record<string, string>>
  readonly darkmode?: boolean
  readonly themeLocation?: string
  readonly sitemapLocation?: string
  /** The private APIs that it calls. */
  readonly requiredPrivateInfos?: readonly string[]
  readonly networkTimeout?: { readonly request?: number }
}

/**
 * The APIs that work only where app.json declares them in `requiredPrivateInfos`
 * (developers.weixin.qq.com, app.json).
 */
export const PRIVATE_APIS = [
  'chooseAddress',
  'chooseLocation',
  'choosePoi',
  'getFuzzyLocation',
  'getLocation',
  'onLocationChange',
  'startLocationUpdate',
  'startLocationUpdateBackground',
] as const

/** The variables of `theme.json`, which window and tab bar settings use as `@name`. */
export interface ThemeVariables {
  readonly light: Readonly<Record<string, string>>
  readonly dark: Readonly<Record<string, string>>
}

/** CommonJS, as WeChat's loader calls it. */
export type ModuleFunction = (
  this: undefined,
  require: (path: string) => unknown,
  module: { exports: unknown },
  exports: unknown,
) => void

/** What WeChat gives each module by name (developers.weixin.qq.com, Framework). */
export const MODULE_GLOBALS = [
  'App',
  'Page',
  'Component',
  'Behavior',
  'getApp',
  'getCurrentPages',
  'wx',
] as const

/** Binds a module to its globals; the language's own are bound when the program is loaded. */
export type ModuleFactory = (
  globals: Readonly<Record<(typeof MODULE_GLOBALS)[number], unknown>>,
) => ModuleFunction

/** A Mini Program compiled for a browser, which `program.js` sets as `globalThis.miniProgram`. */
export interface Program<Template = unknown> {
  readonly app: AppConfig
  readonly theme: ThemeVariables
  /** What app.json asks for and the host lacks. */
  readonly warnings: readonly string[]
  /** The tags of components that the host lacks, such as a plugin's: each is drawn as a box. */
  readonly boxedTags: readonly string[]
  /** Pages and components by their path without extension. */
  readonly units: Readonly<Record<string, UnitConfig>>
  /** The class prefix of each component that isolates its styles. */
  readonly scopes: Readonly<Record<string, string>>
  /** Compiled WXML by path without extension. */
  readonly templates: Readonly<Record<string, Template>>
  /** Modules by file name. */
  readonly modules: Readonly<Record<string, ModuleFactory>>
}

/** The folder beside the page that holds the Mini Program's other files: pictures, icons. */
export const ASSETS_FOLDER = 'assets'
