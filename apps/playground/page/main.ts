import { clearPhoneStorage, type Language, type Network, type Theme } from '@tael/miniprogram-host/embedder'
import { watchCallLog } from './call-stream.ts'
import { createDiagram } from './diagram/diagram.ts'
import { rowOfError, rowOfLogEntry, rowOfPhoneCall } from './diagram/rows.ts'
import { PhoneView, type ScreenSize } from './phone.ts'
import { currentScenario, listScenarios, setScenario } from './simulator.ts'
import { currentShopper, forgetShopper } from './shopper.ts'
import { createToolbar, networks } from './toolbar.ts'

/** GET /config.json of the playground's server. */
interface PlaygroundConfig {
  readonly appId: string
  readonly domains: Readonly<Record<string, string>>
}

const notice = element('notice')
let errors = 0

/** Shows a problem of the playground itself to the developer; an empty text clears it. */
function showNotice(error: unknown): void {
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
  const phoneView = new PhoneView({
    parent: element('stage'),
    size: screenSize(search.get('size')),
    shopper: currentShopper,
    onState: (state) => toolbar.setPhone(state),
    onMessage: (message, phone) => {
      if (message.type === 'call') diagram.add(rowOfPhoneCall(message, phone))
      if (message.type === 'error') {
        errors += 1
        diagram.add(rowOfError(message.message, errors))
      }
    },
    onError: showNotice,
  })
  const open = (): void => {
    showNotice('')
    phoneView.open({ ...config, language, theme, network, textScale: Number(search.get('text') ?? 1) })
  }
  const toolbar = createToolbar(
    element('toolbar'),
    { language, theme },
    {
      setScenario: (name) => void setScenario(name).then(() => showNotice(''), showNotice),
      // A change of language restarts WeChat and its Mini Programs.
      setLanguage: (next) => {
        language = next
        open()
      },
      setTheme: (next) => {
        theme = next
        phoneView.send({ type: 'setTheme', theme })
      },
      setNetwork: (next) => {
        network = next
        phoneView.send({ type: 'setNetwork', network })
      },
      background: () => phoneView.background(),
      foreground: () => phoneView.foreground(),
      kill: () => phoneView.kill(),
      reopen: open,
      reset: () => {
        phoneView.kill()
        clearPhoneStorage()
        forgetShopper()
        open()
      },
    },
  )
  open()
  // Older entries belong to phones that are closed.
  const openedAt = Date.now()
  watchCallLog({
    receive: (entry) => {
      const row = rowOfLogEntry(entry)
      if (row !== undefined && row.at >= openedAt) diagram.add(row)
    },
    onReachable: (reachable) => showNotice(reachable ? '' : 'The simulator does not answer. Waiting for it…'),
  })
  const [scenarios, current] = await Promise.all([listScenarios(), currentScenario()])
  toolbar.setScenarios(scenarios, current)
}

function startLanguage(parameter: string | null): Language {
  if (parameter === 'en' || parameter === 'zh_CN') return parameter
  return navigator.language.startsWith('zh') ? 'zh_CN' : 'en'
}

/** `?size=320x568` sets the size of the phone's screen. */
function screenSize(parameter: string | null): ScreenSize {
  const [, width = 390, height = 844] = /^(\d{3})x(\d{3,4})$/.exec(parameter ?? '') ?? []
  return { width: Number(width), height: Number(height) }
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}.`)
  return found
}

start().catch(showNotice)
