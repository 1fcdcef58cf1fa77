import type { ThemeVariables, UnitConfig } from '../program.ts'
import type { Theme } from '../protocol.ts'
import { make } from './dom.ts'
import { themed } from './theme.ts'
import type { Words } from './words.ts'

/** The bar above a page: title and back button. */
export interface NavigationBar {
  readonly element: HTMLElement
  setTitle(title: string): void
  setBack(visible: boolean): void
  paint(theme: Theme): void
}

export function createNavigationBar(
  config: UnitConfig,
  variables: ThemeVariables,
  words: Words,
  back: () => void,
): NavigationBar {
  const title = make('h1', 'host-title', {}, themed(config.navigationBarTitleText, variables, 'light') ?? '')
  const backButton = make('button', 'host-back', { type: 'button', 'aria-label': words.back })
  backButton.addEventListener('click', back)
  const element = make(
    'header',
    config.navigationStyle === 'custom' ? 'host-bar host-bar-custom' : 'host-bar',
    {},
    make('div', 'host-row', {}, backButton, title),
  )
  return {
    element,
    setTitle: (text) => {
      title.textContent = text
    },
    setBack: (visible) => {
      backButton.hidden = !visible
    },
    paint: (theme) => {
      const dark = theme === 'dark'
      const background = themed(config.navigationBarBackgroundColor, variables, theme)
      const text = themed(config.navigationBarTextStyle, variables, theme) ?? (dark ? 'white' : 'black')
      element.style.setProperty('--bar-background', background ?? (dark ? '#191919' : '#ffffff'))
      element.dataset['text'] = text
    },
  }
}
