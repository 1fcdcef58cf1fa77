import { callHook, type Report } from './hooks.ts'

/** The Mini Program's `App({…})` and its hooks (developers.weixin.qq.com, App). */
export interface Application {
  readonly App: (definition: object) => void
  readonly getApp: () => object | undefined
  hook(name: AppHook, ...parameters: readonly unknown[]): void
  /** wx.onAppShow and the like: listeners that run after the hooks of `App({…})`. */
  readonly listeners: AppListeners
}

/** Listeners of the Mini Program itself (developers.weixin.qq.com, application-level events). */
export interface AppListeners {
  onAppShow(listener: AppListener): void
  onAppHide(listener: AppListener): void
  /** Without a listener, all of them go. */
  offAppShow(listener?: AppListener): void
  offAppHide(listener?: AppListener): void
}

type AppListener = (...parameters: readonly unknown[]) => void

type AppHook =
  | 'onLaunch'
  | 'onShow'
  | 'onHide'
  | 'onError'
  | 'onUnhandledRejection'
  | 'onPageNotFound'
  | 'onThemeChange'

export function createApplication(report: Report): Application {
  let app: object | undefined
  const shown = new Set<AppListener>()
  const hidden = new Set<AppListener>()
  const off = (listeners: Set<AppListener>) => (listener?: AppListener) => {
    if (listener === undefined) listeners.clear()
    else listeners.delete(listener)
  }
  return {
    listeners: {
      onAppShow: (listener) => void shown.add(listener),
      onAppHide: (listener) => void hidden.add(listener),
      offAppShow: off(shown),
      offAppHide: off(hidden),
    },
    App: (definition) => {
      if (app !== undefined) throw new Error('App() was called twice')
      app = definition
    },
    getApp: () => app,
    hook: (name, ...parameters) => {
      if (app !== undefined) callHook(app, name, parameters, report)
      const listeners = name === 'onShow' ? shown : name === 'onHide' ? hidden : []
      for (const listener of listeners) callHook({ listener }, 'listener', parameters, report)
    },
  }
}
