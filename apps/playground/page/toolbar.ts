import { make } from '@tael/miniprogram-host/dom'
import { button } from './button.ts'
import type { Language, Network, Theme } from '@tael/miniprogram-host/embedder'
import { BY_AMOUNT } from './page-link.ts'
import type { Scenario } from './simulator.ts'

interface NamedNetwork {
  readonly name: string
  readonly network: Network
}

/** The first is the default. */
export const networks: readonly [NamedNetwork, ...NamedNetwork[]] = [
  { name: 'Online', network: { offline: false, latencyMs: 0, lossRatio: 0 } },
  { name: 'Slow (3 s)', network: { offline: false, latencyMs: 3_000, lossRatio: 0 } },
  { name: '20 % lost', network: { offline: false, latencyMs: 0, lossRatio: 0.2 } },
  { name: 'Offline', network: { offline: true, latencyMs: 0, lossRatio: 0 } },
]

export interface ToolbarActions {
  /** A scenario's name, or `BY_AMOUNT`. */
  readonly setScenario: (name: string) => void
  readonly setLanguage: (language: Language) => void
  readonly setTheme: (theme: Theme) => void
  /** The name of one of `networks`. */
  readonly setNetwork: (name: string) => void
  readonly background: () => void
  readonly foreground: () => void
  readonly kill: () => void
  readonly reopen: () => void
  readonly reset: () => void
  /** Copies the address that opens the page in this scenario. */
  readonly copyLink: () => void
}

export interface Toolbar {
  setScenarios(scenarios: readonly Scenario[], current: string): void
  /** Enables the buttons that apply to the state. */
  setPhone(state: 'front' | 'background' | 'killed'): void
}

export function createToolbar(
  parent: HTMLElement,
  start: { readonly language: Language; readonly theme: Theme; readonly network: string },
  actions: ToolbarActions,
): Toolbar {
  const scenario = select('Scenario', [], actions.setScenario)
  const network = select(
    'Network',
    networks.map(({ name }) => [name, name]),
    actions.setNetwork,
  )
  network.control.value = start.network
  let inFront = true
  const visibility = button('Background', () => (inFront ? actions.background() : actions.foreground()))
  const kill = button('Kill app', actions.kill)
  const reopen = button('Reopen app', actions.reopen)
  const link = button('Copy link', actions.copyLink)
  link.title = 'Copy the address that opens this page in this scenario, language, theme and network'
  const reset = button('Reset', actions.reset)
  reset.title = 'Delete what the phone stored and start as another shopper'
  parent.append(
    scenario.element,
    choice(
      'Language',
      start.language,
      [
        ['zh_CN', '中文'],
        ['en', 'English'],
      ],
      actions.setLanguage,
    ),
    choice(
      'Theme',
      start.theme,
      [
        ['light', 'Light'],
        ['dark', 'Dark'],
      ],
      actions.setTheme,
    ),
    network.element,
    make('div', 'buttons', { role: 'group', 'aria-label': 'App' }, visibility, kill, reopen, reset, link),
  )
  return {
    setScenarios: (scenarios, current) => {
      scenario.control.replaceChildren(
        ...scenarios.map(({ name, description }) =>
          make('option', '', { value: name, title: description }, name.replaceAll('_', ' ')),
        ),
        make('option', '', { value: BY_AMOUNT }, 'By amount'),
      )
      scenario.control.value = current
    },
    setPhone: (state) => {
      inFront = state !== 'background'
      visibility.textContent = inFront ? 'Background' : 'Foreground'
      visibility.disabled = state === 'killed'
      kill.disabled = state === 'killed'
      reopen.disabled = state !== 'killed'
    },
  }
}

function select(
  label: string,
  options: readonly (readonly [string, string])[],
  change: (value: string) => void,
) {
  const control = make(
    'select',
    'select',
    {},
    ...options.map(([value, text]) => make('option', '', { value }, text)),
  )
  control.addEventListener('change', () => change(control.value))
  return { control, element: make('label', 'field', {}, make('span', 'field-name', {}, label), control) }
}

/** Radio buttons that look like one switch. */
function choice<Value extends string>(
  label: string,
  current: Value,
  options: readonly (readonly [Value, string])[],
  change: (value: Value) => void,
): HTMLElement {
  const radios = options.map(([value, text]) => {
    const radio = make('input', '', { type: 'radio', name: label, value })
    radio.checked = value === current
    radio.addEventListener('change', () => radio.checked && change(value))
    return make('label', '', {}, radio, make('span', '', {}, text))
  })
  return make(
    'fieldset',
    'field',
    {},
    make('legend', 'field-name', {}, label),
    make('div', 'choice', {}, ...radios),
  )
}
