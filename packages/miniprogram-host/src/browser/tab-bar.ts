import type { TabBar, TabBarItem, ThemeVariables } from '../program.ts'
import type { Theme } from '../protocol.ts'
import { assetUrl } from './assets.ts'
import { make } from './dom.ts'
import { themed } from './theme.ts'
import type { Words } from './words.ts'

/** WeChat's tab bar. */
export interface TabBarView {
  readonly element: HTMLElement
  has(unit: string): boolean
  select(unit: string): void
  setItem(index: number, change: Partial<Omit<TabBarItem, 'pagePath'>>): void
  setBadge(index: number, text: string): void
  paint(theme: Theme): void
}

interface Tab {
  item: TabBarItem
  readonly button: HTMLButtonElement
  readonly icon: HTMLImageElement
  readonly label: HTMLElement
  readonly badge: HTMLElement
}

function createTab(item: TabBarItem, open: (unit: string) => void): Tab {
  const icon = make('img', 'host-tab-icon', { alt: '' })
  const label = make('span', 'host-tab-label')
  const badge = make('span', 'host-tab-badge')
  badge.hidden = true
  const picture = make('span', 'host-tab-picture', {}, icon, badge)
  const button = make('button', 'host-tab', { type: 'button' }, picture, label)
  button.addEventListener('click', () => open(item.pagePath))
  return { item, button, icon, label, badge }
}

/** A browser loads a picture anew also where its address is set to what it was. */
function showPicture(icon: HTMLImageElement, address: string): void {
  if (icon.getAttribute('src') !== address) icon.src = address
}

export function createTabBar(
  config: TabBar,
  variables: ThemeVariables,
  words: Words,
  open: (unit: string) => void,
): TabBarView {
  const tabs = config.list.map((item) => createTab(item, open))
  const element = make('nav', 'host-tabs', { 'aria-label': words.tabs }, ...tabs.map(({ button }) => button))
  let selected = ''
  let theme: Theme = 'light'

  const draw = (): void => {
    for (const { item, button, icon, label } of tabs) {
      const isSelected = item.pagePath === selected
      const color = themed(isSelected ? config.selectedColor : config.color, variables, theme)
      const path = themed(
        isSelected ? (item.selectedIconPath ?? item.iconPath) : item.iconPath,
        variables,
        theme,
      )
      if (isSelected) button.setAttribute('aria-current', 'page')
      else button.removeAttribute('aria-current')
      button.style.color = color ?? ''
      label.textContent = item.text
      icon.hidden = path === undefined
      if (path !== undefined) showPicture(icon, assetUrl(path, 'app'))
    }
    element.style.background = themed(config.backgroundColor, variables, theme) ?? ''
    element.dataset['border'] = themed(config.borderStyle, variables, theme) ?? 'black'
  }
  const tabAt = (index: number): Tab => {
    const tab = tabs[index]
    if (tab === undefined) throw new Error(`fail tabbar item not found`)
    return tab
  }
  return {
    element,
    has: (unit) => tabs.some(({ item }) => item.pagePath === unit),
    select: (unit) => {
      selected = unit
      element.hidden = !tabs.some(({ item }) => item.pagePath === unit)
      if (!element.hidden) draw()
    },
    setItem: (index, change) => {
      const tab = tabAt(index)
      tab.item = { ...tab.item, ...change }
      draw()
    },
    setBadge: (index, text) => {
      const { badge } = tabAt(index)
      badge.textContent = text
      badge.hidden = text === ''
    },
    paint: (next) => {
      theme = next
      draw()
    },
  }
}
