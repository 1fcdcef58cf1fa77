import { clearPhoneStorage, type Language, type Network, type Theme } from '@tael/miniprogram-host/embedder'
import { createDiagram } from './diagram/diagram.ts'
import { errorNote, fromPhone, fromSimulator } from './diagram/messages.ts'
import { PhoneStage, type ScreenSize } from './phone.ts'
import { currentScenario, listScenarios, setScenario, watchMessages } from './simulator.ts'
import { currentShopper, forgetShopper } from './shopper.ts'
import { createToolbar, networks } from './toolbar.ts'

/** What the playground's server says about itself (GET /config.json). */
interface PlaygroundConfig {
  readonly appId: string
  readonly domains: Readonly<Record<string, string>>
}

const notice = element('notice')
let notes = 0

/** What went wrong in the playground itself, in words for the developer; an empty text takes it away. */
function tell(error: unknown): void {
  notice.textContent = error instanceof Error ? error.message : String(error)
}

async function start(): Promise<void> {
  const response = await fetch('config.json')
  const config: PlaygroundConfig = await response.json()
  const search = new URLSearchParams(location.search)
  let language: Language = startLanguage(search.get('language'))
  let theme: Theme = search.get('theme') === 'dark' ? 'dark' : 'light'
  let network: Network = networks[0]?.network ?? { offline: false, latencyMs: 0, lossRatio: 0 }

  const diagram = createDiagram(element('calls'))
  const stage = new PhoneStage({
    parent: element('stage'),
    size: screenSize(search.get('size')),
    shopper: currentShopper,
    onState: (state) => toolbar.setPhone(state),
    onMessage: (message, phone) => {
      if (message.type === 'call') diagram.add(fromPhone(message, phone))
      if (message.type === 'error') {
        notes += 1
        diagram.add(errorNote(message.message, notes))
      }
    },
    onError: tell,
  })
  const open = (): void => {
    tell('')
    stage.open({ ...config, language, theme, network, textScale: Number(search.get('text') ?? 1) })
  }
  const toolbar = createToolbar(
    element('toolbar'),
    { language, theme },
    {
      setScenario: (name) => void setScenario(name).then(() => tell(''), tell),
      // WeChat restarts when its language changes, and its Mini Programs with it.
      setLanguage: (next) => {
        language = next
        open()
      },
      setTheme: (next) => {
        theme = next
        stage.send({ type: 'setTheme', theme })
      },
      setNetwork: (next) => {
        network = next
        stage.send({ type: 'setNetwork', network })
      },
      background: () => stage.background(),
      foreground: () => stage.foreground(),
      kill: () => stage.kill(),
      reopen: open,
      reset: () => {
        stage.kill()
        clearPhoneStorage()
        forgetShopper()
        open()
      },
    },
  )
  open()
  // Older messages belong to calls of a phone that is gone.
  const openedAt = Date.now()
  watchMessages({
    receive: (message) => {
      const shown = fromSimulator(message)
      if (shown !== undefined && shown.at >= openedAt) diagram.add(shown)
    },
    onReachable: (reachable) => tell(reachable ? '' : 'The simulator does not answer. Waiting for it…'),
  })
  const [scenarios, current] = await Promise.all([listScenarios(), currentScenario()])
  toolbar.setScenarios(scenarios, current)
}

function startLanguage(asked: string | null): Language {
  if (asked === 'en' || asked === 'zh_CN') return asked
  return navigator.language.startsWith('zh') ? 'zh_CN' : 'en'
}

/** `?size=320x568` is another phone than the usual one. */
function screenSize(asked: string | null): ScreenSize {
  const [, width = 390, height = 844] = /^(\d{3})x(\d{3,4})$/.exec(asked ?? '') ?? []
  return { width: Number(width), height: Number(height) }
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}.`)
  return found
}

start().catch(tell)
