import { glassEasel, MiniProgramEnv, type Root, type types } from 'glass-easel-miniprogram-adapter'
import { WECHAT_COMPONENTS } from '../components.ts'
import { CUSTOM_TAB_BAR, type Program } from '../program.ts'
import { guardSetData } from './bridge.ts'
import { addGetTabBar, setTabBar } from './custom-tab-bar.ts'
import { withBuiltInBehaviors } from './behaviors.ts'
import type { Report, Warn } from './hooks.ts'
import { dispatchEvent, tapByKeyboard } from './taps.ts'

type Template = glassEasel.template.ComponentTemplate['content']
export type BrowserProgram = Program<Template>

declare global {
  /** Set by program.js. */
  var miniProgram: BrowserProgram
}

/** `Page`, `Component` and `Behavior`, bound to the page or component whose script runs. */
export interface Constructors {
  readonly Page: unknown
  readonly Component: unknown
  readonly Behavior: unknown
}

/** A page that glass-easel rendered into the document. */
export interface MountedPage {
  /** `this` in the Mini Program's page. */
  readonly instance: object
  pageLifetime(name: 'show' | 'hide'): void
  /** Adds a tab bar of the Mini Program's own to the page, which shows, hides and ends with it. */
  mountTabBar(container: HTMLElement): void
  release(): void
}

/** WeChat's component framework, set up for one Mini Program. */
export interface Framework {
  define(unit: string, run: (constructors: Constructors) => void): void
  mountPage(unit: string, container: HTMLElement): MountedPage
}

export interface FrameworkOptions {
  readonly program: BrowserProgram
  readonly report: Report
  readonly warn: Warn
  /** The parent of every page. */
  readonly screens: HTMLElement
  /** Called after the Mini Program's handlers of a tap. */
  readonly afterTap: (target: Element) => void
}

/** The attribute that `model:` binds on each built-in control, and the event that changes it. */
const MODELS: Readonly<Record<string, readonly [attribute: string, event: string]>> = {
  'WX-INPUT': ['value', 'input'],
  'WX-TEXTAREA': ['value', 'input'],
  'WX-SWITCH': ['checked', 'change'],
  'WX-SLIDER': ['value', 'change'],
  'WX-PICKER': ['value', 'change'],
}

/** Adds two-way binding (`model:value`) for the host's own controls to that of the browser's. */
class HostBackend extends glassEasel.CurrentWindowBackendContext {
  readonly #listeners = new WeakMap<object, ((value: unknown) => void) | null>()

  /** After the frame that shows it, as on a phone (developers.weixin.qq.com, setData). */
  override render(callback: (error: Error | null) => void): void {
    const soon = (): void => void setTimeout(() => callback(null))
    // Browsers draw no frames in a background tab.
    if (document.hidden) soon()
    else requestAnimationFrame(soon)
  }

  override setModelBindingStat(
    ...[element, name, listener]: Parameters<glassEasel.CurrentWindowBackendContext['setModelBindingStat']>
  ): void {
    const [attribute, event] = (element instanceof HTMLElement ? MODELS[element.tagName] : undefined) ?? []
    if (!(element instanceof HTMLElement) || event === undefined || name !== attribute) {
      super.setModelBindingStat(element, name, listener)
      return
    }
    const known = this.#listeners.has(element)
    this.#listeners.set(element, listener)
    if (known) return
    element.addEventListener(event, (happened) => {
      if (happened instanceof CustomEvent)
        this.#listeners.get(element)?.(Reflect.get(happened.detail, 'value'))
    })
  }
}

/** Sets glass-easel up with the built-in elements, the templates and the components' JSON. */
export function createFramework({ program, report, warn, screens, afterTap }: FrameworkOptions): Framework {
  guardSetData(warn)
  addGetTabBar()
  glassEasel.globalOptions.writeIdToDOM = true
  glassEasel.addGlobalErrorListener((error) => {
    report(error)
    return false
  })
  glassEasel.addGlobalWarningListener((message) => {
    report(new Error(message))
    return false
  })

  const env = new MiniProgramEnv()
  const space = env.createCodeSpace('', true)
  for (const name of [...program.boxedTags, ...WECHAT_COMPONENTS])
    space.getComponentSpace().setGlobalUsingComponent(name, `wx-${name}`)
  for (const [unit, content] of Object.entries(program.templates))
    space.addCompiledTemplate(unit, {
      groupList: program.templates,
      content,
      // Without it, `bindtap` (without a colon) does nothing on built-in elements.
      fallbackListenerOnNativeNode: true,
    })
  for (const [unit, config] of Object.entries(program.units)) {
    const { styleIsolation, usingComponents, ...rest } = config
    space.addComponentStaticConfig(unit, {
      ...rest,
      ...(isStyleIsolation(styleIsolation) ? { styleIsolation } : {}),
      usingComponents: { ...program.app.usingComponents, ...usingComponents },
    })
    space.addStyleSheet(unit, undefined, program.scopes[unit])
  }

  const backendContext = new HostBackend()
  backendContext.onEvent((target, type, detail, options) =>
    dispatchEvent(target, type, detail, options, afterTap),
  )
  tapByKeyboard(screens, afterTap)
  const backend = env.associateBackend(backendContext)

  const mount = (tag: string, unit: string, container: HTMLElement): Root => {
    const root = backend.createRoot(tag, space, unit)
    const placeholder = document.createElement('div')
    container.append(placeholder)
    if (!isBackendElement(container) || !isBackendElement(placeholder))
      throw new TypeError('A page can only be mounted in an element.')
    root.attach(container, placeholder)
    return root
  }

  return {
    define: (unit, run) =>
      space.componentEnv(unit, (constructors) => run(wechatConstructors(unit, constructors))),
    mountPage: (unit, container) => {
      const page = mount('wx-page', unit, container)
      const roots = [page]
      return {
        instance: page.get(),
        pageLifetime: (name) => {
          for (const root of roots) root.getComponent().triggerPageLifetime(name, [])
        },
        mountTabBar: (bottom) => {
          const tabBar = mount('wx-tab-bar', CUSTOM_TAB_BAR, bottom)
          roots.push(tabBar)
          for (const root of roots) setTabBar(root.getComponent(), tabBar.get())
        },
        release: () => {
          for (const root of roots) root.release()
        },
      }
    },
  }
}

/** The constructors, which also take WeChat's own behaviors by name. */
function wechatConstructors(unit: string, { Page, Component, Behavior }: Constructors): Constructors {
  const define = (definition: object): unknown => call(Behavior, [definition])
  const wrap = (constructor: unknown) =>
    Object.assign(
      (...[definition, ...others]: readonly unknown[]): unknown =>
        call(constructor, [withBuiltInBehaviors(definition, unit, define), ...others]),
      constructor,
    )
  return { Page: wrap(Page), Component: wrap(Component), Behavior: wrap(Behavior) }
}

function call(target: unknown, parameters: readonly unknown[]): unknown {
  if (typeof target !== 'function') throw new TypeError('glass-easel gave no constructor')
  return Reflect.apply(target, undefined, parameters)
}

function isStyleIsolation(value: string | undefined): value is types.StyleIsolation {
  return value !== undefined && /^(page-)?(isolated|apply-shared|shared)$/.test(value)
}

/** glass-easel declares its own types for the DOM, which every element meets. */
function isBackendElement(element: unknown): element is glassEasel.GeneralBackendElement {
  return element instanceof HTMLElement
}
