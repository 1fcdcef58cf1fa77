import { callHook, type Report } from './hooks.ts'

/** The Mini Program's `App({…})` and its hooks (developers.weixin.qq.com, App). */
export interface Application {
  readonly App: (definition: object) => void
  readonly getApp: () => object | undefined
  hook(name: AppHook, ...parameters: readonly unknown[]): void
}

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
  return {
    App: (definition) => {
      if (app !== undefined) throw new Error('App() was called twice')
      app = definition
    },
    getApp: () => app,
    hook: (name, ...parameters) => {
      if (app !== undefined) callHook(app, name, parameters, report)
    },
  }
}
