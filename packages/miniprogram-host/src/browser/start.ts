import type { EmbedderMessage, PhoneMessage, PhoneSettings } from '../protocol.ts'
import { type Application, createApplication } from './application.ts'
import { createDevice, type Device } from './device.ts'
import { make } from './dom.ts'
import { BOXED_EVENT } from './elements/boxed.ts'
import { defaultAction, defineElements } from './elements/index.ts'
import type { WxNavigator } from './elements/navigator.ts'
import { type BrowserProgram, createFramework } from './framework.ts'
import { callHook, messageOf, type Report, type Warn } from './hooks.ts'
import { createModules, type Modules } from './modules.ts'
import { createOverlays } from './overlays.ts'
import type { Screen } from './screen.ts'
import { Screens } from './screens.ts'
import { createStatusBar } from './status-bar.ts'
import { createVisibility, type Visibility } from './visibility.ts'
import { words as allWords } from './words.ts'
import { createCallLog } from './wx/call-log.ts'
import { createWx } from './wx/index.ts'
import { loginApi } from './wx/login.ts'
import { paymentApi } from './wx/payment.ts'
import { createUpdate } from './wx/platform.ts'

type Post = (message: PhoneMessage) => void
export type { PhoneMessage }
export type LaterMessage = Exclude<EmbedderMessage, { type: 'start' }>

/** Starts the Mini Program and returns a function that handles the embedder's later messages. */
export function start(
  program: BrowserProgram,
  settings: PhoneSettings,
  post: Post,
): (message: LaterMessage) => void {
  const { app, report } = createReporting(post)
  const warn = createWarnings(post)
  const device = createDevice(settings, program.app.darkmode === true)
  const words = allWords[settings.language]
  const visibility = createVisibility()
  const log = createCallLog(post)
  const { login, receive: receiveLogin } = loginApi(log, post)
  const { requestPayment, receive: receivePayment } = paymentApi(log, visibility, post)
  const update = createUpdate(() => post({ type: 'updateApplied' }))
  const parent = createBody()

  const overlays = createOverlays(document.body, words)
  const wechat = { login, requestPayment, ...app.listeners }
  const parts = { wechat, config: program.app, overlays, words, device, visibility, log, update, warn }
  const wx = createWx(parts, () => screens)
  defineElements((title, fields) => overlays.showChoice(title, fields), program.boxedTags)
  const framework = createFramework({
    program,
    report,
    warn,
    screens: parent,
    afterTap: (target) => defaultAction(target, (navigator) => follow(screens, navigator, report)),
  })
  const modules = createModules(program, framework, {
    App: app.App,
    getApp: app.getApp,
    getCurrentPages: () => screens.instances(),
    wx,
  })
  const screens = new Screens({ program, framework, modules, device, report, words, parent })

  for (const message of program.warnings) warn(message)
  runApp(modules, report)
  launch({ program, app, screens, device, visibility, report, parent })
  post({ type: 'ready' })

  return (message) => {
    switch (message.type) {
      case 'background':
        visibility.cover('shopper')
        break
      case 'foreground':
        visibility.uncover('shopper')
        break
      case 'setNetwork':
        device.setNetwork(message.network)
        break
      case 'setTheme':
        device.setTheme(message.theme)
        break
      case 'updateReady':
        update.ready()
        break
      case 'share':
        post({ type: 'shared', card: shareCardOf(screens.top(), report) })
        break
      case 'settleLogin':
      case 'failLogin':
        receiveLogin(message)
        break
      case 'cashierOpened':
      case 'settlePayment':
        receivePayment(message)
        break
    }
  }
}

/** Runs app.js. Its failure is reported, and the pages open without it. */
function runApp(modules: Modules, report: Report): void {
  try {
    modules.run('app.js')
  } catch (error) {
    report(error)
  }
}

/** Fills the document, and returns the parent of every page. */
function createBody(): HTMLElement {
  const parent = make('main', 'host-screens')
  document.body.append(createStatusBar(), parent, make('div', 'host-home', { 'aria-hidden': 'true' }))
  return parent
}

/** The card that the front page shares (developers.weixin.qq.com, Page.onShareAppMessage). */
function shareCardOf({ instance }: Screen, report: Report): unknown {
  return callHook(instance, 'onShareAppMessage', [{ from: 'menu' }], report)
}

/** Warns the embedder once of each thing, also of components that are drawn as boxes. */
function createWarnings(post: Post): Warn {
  const known = new Set<string>()
  const warn = (message: string): void => {
    if (known.has(message)) return
    known.add(message)
    post({ type: 'warning', message })
  }
  document.addEventListener(BOXED_EVENT, (event) => {
    if (event instanceof CustomEvent) warn(`<${event.detail}> is drawn as a box: this host does not play it`)
  })
  return warn
}

/** Reports what the Mini Program throws to its own `onError` and to the embedder. */
function createReporting(post: Post): { app: Application; report: Report } {
  const postError = (error: unknown): void => post({ type: 'error', message: messageOf(error) })
  const app = createApplication(postError)
  const report = (error: unknown): void => {
    postError(error)
    app.hook('onError', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  window.addEventListener('error', (event) => report(event.error ?? event.message))
  window.addEventListener('unhandledrejection', ({ reason, promise }: PromiseRejectionEvent) => {
    const cause: unknown = reason
    const isFailure = typeof cause === 'object' && cause !== null && 'errMsg' in cause
    postError(isFailure ? cause.errMsg : cause)
    app.hook('onUnhandledRejection', { reason: cause, promise })
  })
  return { app, report }
}

interface Launch {
  readonly program: BrowserProgram
  readonly app: Application
  readonly screens: Screens
  readonly device: Device
  readonly visibility: Visibility
  readonly report: Report
  /** Where the pages are; shows why there is none. */
  readonly parent: HTMLElement
}

/** Opens the first page, and calls the hooks when the Mini Program leaves and returns. */
function launch({ program, app, screens, device, visibility, report, parent }: Launch): void {
  device.onTheme((theme) => app.hook('onThemeChange', { theme }))
  const path = program.app.entryPagePath ?? program.app.pages[0] ?? ''
  // 1001: opened from the list of Mini Programs (developers.weixin.qq.com, scene values).
  const options = { path, query: {}, scene: 1001, referrerInfo: {} }
  visibility.onChange((inFront) => {
    if (screens.instances().length === 0) return
    if (inFront) {
      app.hook('onShow', { ...options, path: screens.top().unit })
      screens.top().show()
    } else {
      screens.top().hide()
      app.hook('onHide')
    }
  })
  app.hook('onLaunch', options)
  app.hook('onShow', options)
  try {
    screens.reLaunch(`/${path}`)
  } catch (error) {
    parent.append(make('p', 'host-failed', { role: 'alert' }, messageOf(error)))
    report(error)
  }
}

/** Follows a link; what WeChat would refuse is reported. */
function follow(screens: Screens, link: WxNavigator, report: Report): void {
  const { openType } = link.target
  try {
    navigate(screens, link.target)
    link.settle(`${openType}:ok`)
  } catch (error) {
    link.settle(`${openType}:${messageOf(error)}`)
    report(error)
  }
}

function navigate(screens: Screens, { openType, url, delta }: WxNavigator['target']): void {
  switch (openType) {
    case 'navigate':
      screens.navigateTo(url)
      break
    case 'redirect':
      screens.redirectTo(url)
      break
    case 'switchTab':
      screens.switchTab(url)
      break
    case 'reLaunch':
      screens.reLaunch(url)
      break
    case 'navigateBack':
      screens.navigateBack(delta)
      break
    default:
      throw new Error(`fail <navigator open-type="${openType}"> is not in this host`)
  }
}
