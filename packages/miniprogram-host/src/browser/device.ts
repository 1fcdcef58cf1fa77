import type { Language, Network, PhoneSettings, Theme } from '../protocol.ts'

type Listener<T> = (value: T) => void

/** The phone's current settings. */
export interface Device {
  readonly appId: string
  readonly language: Language
  readonly textScale: number
  readonly domains: Readonly<Record<string, string>>
  readonly theme: Theme
  readonly network: Network
  setTheme(theme: Theme): void
  setNetwork(network: Network): void
  /** Both return a function that removes the listener. */
  onTheme(listener: Listener<Theme>): () => void
  onNetwork(listener: Listener<Network>): () => void
}

/** Without `darkmode` a Mini Program is always light (developers.weixin.qq.com, dark mode). */
export function createDevice(settings: PhoneSettings, darkmode: boolean): Device {
  const themeListeners = new Set<Listener<Theme>>()
  const networkListeners = new Set<Listener<Network>>()
  let theme: Theme = darkmode ? settings.theme : 'light'
  let network = settings.network
  const paint = (): void => {
    document.documentElement.dataset['theme'] = theme
  }
  document.documentElement.lang = settings.language === 'zh_CN' ? 'zh-CN' : 'en'
  paint()
  return {
    appId: settings.appId,
    language: settings.language,
    textScale: settings.textScale ?? 1,
    domains: settings.domains,
    get theme() {
      return theme
    },
    get network() {
      return network
    },
    setTheme: (next) => {
      if (!darkmode || next === theme) return
      theme = next
      paint()
      for (const listener of themeListeners) listener(theme)
    },
    setNetwork: (next) => {
      const changed = next.offline !== network.offline
      network = next
      if (changed) for (const listener of networkListeners) listener(network)
    },
    onTheme: (listener) => {
      themeListeners.add(listener)
      return () => void themeListeners.delete(listener)
    },
    onNetwork: (listener) => {
      networkListeners.add(listener)
      return () => void networkListeners.delete(listener)
    },
  }
}
