import { make } from '@tael/miniprogram-host/dom'
import type { Language, Network, Theme } from '@tael/miniprogram-host/embedder'
import type { Scenario } from './simulator.ts'

export const networks: readonly { readonly name: string; readonly network: Network }[] = [
  { name: 'Online', network: { offline: false, latencyMs: 0, lossRatio: 0 } },
  { name: 'Slow (3 s)', network: { offline: false, latencyMs: 3_000, lossRatio: 0 } },
  { name: '20 % lost', network: { offline: false, latencyMs: 0, lossRatio: 0.2 } },
  { name: 'Offline', network: { offline: true, latencyMs: 0, lossRatio: 0 } },
]

export interface ToolbarActions {
  readonly setScenario: (name: string | null) => void
  readonly setLanguage: (language: Language) => void
  readonly setTheme: (theme: Theme) => void
  readonly setNetwork: (network: Network) => void
  readonly background: () => void
  readonly foreground: () => void
  readonly kill: () => void
  readonly reopen: () => void
  readonly reset: () => void
}

export interface Toolbar {
  setScenarios(scenarios: readonly Scenario[], current: string | null): void
  /** Enables the buttons that apply to the state. */
  setPhone(state: 'front' | 'background' | 'killed'): void
}

export function createToolbar(
  parent: HTMLElement,
  start: { readonly language: Language; readonly theme: Theme },
  actions: ToolbarActions,
): Toolbar {
  const scenario = select('Scenario', [['', 'By amount']], (value) =>
    actions.setScenario(value === '' ? null : value),
  )
  const network = select(
    'Network',
    networks.map(({ name }) => [name, name]),
    (value) => {
      const chosen = networks.find(({ name }) => name === value)
      if (chosen !== undefined) actions.setNetwork(chosen.network)
    },
  )
  let inFront = true
  const visibility = button('Background', () => (inFront ? actions.background() : actions.foreground()))
  const kill = button('Kill app', actions.kill)
  const reopen = button('Reopen app', actions.reopen)
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
    make('div', 'buttons', { role: 'group', 'aria-label': 'App' }, visibility, kill, reopen, reset),
  )
  return {
    setScenarios: (scenarios, current) => {
      for (const { name, description } of scenarios) {
        const option = make('option', '', { value: name, title: description }, name.replaceAll('_', ' '))
        scenario.control.append(option)
      }
      scenario.control.value = current ?? ''
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

function button(text: string, tap: () => void): HTMLButtonElement {
  const element = make('button', 'button', { type: 'button' }, text)
  element.addEventListener('click', tap)
  return element
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
