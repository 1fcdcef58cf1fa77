import { glassEasel, MiniProgramEnv, type types } from 'glass-easel-miniprogram-adapter'
import { HOST_COMPONENTS } from '../components.ts'
import type { Program } from '../program.ts'
import { guardSetData } from './bridge.ts'
import type { Report } from './hooks.ts'
import { dispatchEvent, tapByKeyboard } from './taps.ts'

type Template = glassEasel.template.ComponentTemplate['content']
export type BrowserProgram = Program<Template>

declare global {
  /** Left here by program.js. */
  var miniProgram: BrowserProgram
}

/** `Page`, `Component` and `Behavior`, bound to the unit whose script is being run. */
export interface Constructors {
  readonly Page: unknown
  readonly Component: unknown
  readonly Behavior: unknown
}

/** A page that glass-easel has put into the document. */
export interface MountedPage {
  /** `this` of the Mini Program's page. */
  readonly instance: object
  pageLifetime(name: 'show' | 'hide'): void
  release(): void
}

/** WeChat's own component framework, set up for one Mini Program. */
export interface Framework {
  define(unit: string, run: (constructors: Constructors) => void): void
  mountPage(unit: string, container: HTMLElement): MountedPage
}

export interface FrameworkOptions {
  readonly program: BrowserProgram
  readonly report: Report
  /** What every page is put into. */
  readonly screens: HTMLElement
  /** Called after a tap ran through the Mini Program's own handlers. */
  readonly afterTap: (target: Element) => void
}

/** Two-way binding (`model:value`) on the host's own inputs; glass-easel knows only the browser's. */
class HostBackend extends glassEasel.CurrentWindowBackendContext {
  readonly #listeners = new WeakMap<object, ((value: unknown) => void) | null>()

  override setModelBindingStat(
    ...[element, name, listener]: Parameters<glassEasel.CurrentWindowBackendContext['setModelBindingStat']>
  ): void {
    if (
      !(element instanceof HTMLElement) ||
      !/^WX-(INPUT|TEXTAREA)$/.test(element.tagName) ||
      name !== 'value'
    ) {
      super.setModelBindingStat(element, name, listener)
      return
    }
    const known = this.#listeners.has(element)
    this.#listeners.set(element, listener)
    if (known) return
    element.addEventListener('input', (event) => {
      if (event instanceof CustomEvent) this.#listeners.get(element)?.(Reflect.get(event.detail, 'value'))
    })
  }
}

/** Sets glass-easel up: built-in elements, templates, component configuration. Styles are the page's own CSS. */
export function createFramework({ program, report, screens, afterTap }: FrameworkOptions): Framework {
  guardSetData()
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
  for (const name of HOST_COMPONENTS) space.getComponentSpace().setGlobalUsingComponent(name, `wx-${name}`)
  for (const [unit, content] of Object.entries(program.templates))
    space.addCompiledTemplate(unit, {
      groupList: program.templates,
      content,
      // Without it `bindtap`, written without a colon, is dead on built-in elements.
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

  return {
    define: (unit, run) => space.componentEnv(unit, run),
    mountPage: (unit, container) => {
      const root = backend.createRoot('wx-page', space, unit)
      const placeholder = document.createElement('div')
      container.append(placeholder)
      if (!isBackendElement(container) || !isBackendElement(placeholder))
        throw new TypeError('A page is mounted in an element of the document.')
      root.attach(container, placeholder)
      return {
        instance: root.get(),
        pageLifetime: (name) => root.getComponent().triggerPageLifetime(name, []),
        release: () => root.release(),
      }
    },
  }
}

function isStyleIsolation(value: string | undefined): value is types.StyleIsolation {
  return value !== undefined && /^(page-)?(isolated|apply-shared|shared)$/.test(value)
}

/** glass-easel describes the DOM by a protocol of its own, which names no DOM type and which every element meets. */
function isBackendElement(element: unknown): element is glassEasel.GeneralBackendElement {
  return element instanceof HTMLElement
}
