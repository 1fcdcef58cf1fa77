import { clearPhoneStorage, type PhoneMessage } from '@tael/miniprogram-host/embedder'
import { watchCallLog } from './call-stream.ts'
import { createDiagram, type Diagram } from './diagram/diagram.ts'
import { keepRows, keptRows } from './diagram/kept-rows.ts'
import {
  type Addresses,
  type DiagramRow,
  phoneCall,
  rowInLane,
  rowOfLogEntry,
  rowOfPhoneCall,
} from './diagram/rows.ts'
import { createGuide, type Guide, type Step } from './guide.ts'
import { type Decisions, followDecisions } from './merchant/decisions.ts'
import { createMerchant } from './merchant/merchant.ts'
import { BY_AMOUNT, type PageLink, readPageLink, writePageLink } from './page-link.ts'
import { type CashierStep, PhoneView } from './phone.ts'
import { currentScenario, listScenarios, resendWebhook, type Scenario, setScenario } from './simulator.ts'
import { currentShopper, forgetShopper } from './shopper.ts'
import { createToolbar, networks, type Toolbar, type ToolbarActions } from './toolbar.ts'

/** GET /config.json of the playground's server. */
interface PlaygroundConfig {
  readonly appId: string
  readonly domains: Readonly<Record<string, string>>
  readonly serverUrl: string
  readonly simulatorUrl: string
  readonly operators: boolean
  /** The operators' web page; where the page can play the merchant. */
  readonly consoleUrl?: string
  /** Of the shop whose Mini Program the phone runs, where that is not Tael's. */
  readonly shopName?: string
  /** The address of that shop's own server. */
  readonly shopUrl?: string
}

/** The scenario of a page that chooses none. */
const DEFAULT_SCENARIO = 'paid'

const COPIED_MS = 1_500

const cashierSteps: Readonly<Record<CashierStep, { readonly event: string; readonly step: Step }>> = {
  opened: { event: 'the cashier opens', step: 'cashier' },
  password: { event: 'the cashier asks for the password', step: 'password' },
  closed: { event: 'the cashier closes', step: 'returned' },
}

const notice = element('notice')

/** Shows a problem of the playground itself to the developer; an empty text clears it. */
function showNotice(error: unknown): void {
  notice.textContent = error instanceof Error ? error.message : String(error)
}

/** The page: what its address chose, its phone, and the diagram of what happens. */
class Page {
  readonly #config: PlaygroundConfig
  readonly #addresses: Addresses
  readonly #loadedAt = Date.now()
  readonly #guide: Guide
  readonly #diagram: Diagram
  readonly #decisions: Decisions
  readonly #phone: PhoneView
  readonly #toolbar: Toolbar
  #link: PageLink = readPageLink(location.search, navigator.language)
  #scenarios: readonly Scenario[] = []
  #events = 0

  constructor(config: PlaygroundConfig) {
    this.#config = config
    const { serverUrl, simulatorUrl, shopUrl } = config
    this.#guide = createGuide(shopUrl === undefined ? '/docs/start.html' : '/docs/existing-shop.html')
    this.#addresses = {
      server: serverUrl,
      simulator: simulatorUrl,
      ...(shopUrl === undefined ? {} : { shop: shopUrl }),
    }
    const changed = keepRows(() => this.#diagram.rows())
    this.#diagram = createDiagram(element('calls'), { copy, changed })
    this.#decisions = this.#createMerchantSide()
    this.#phone = new PhoneView({
      parent: element('stage'),
      size: this.#link.size,
      shopper: currentShopper,
      shopName: config.shopName,
      onState: (state) => {
        this.#toolbar.setPhone(state)
        if (state === 'killed') this.#guide.setStep('closed')
      },
      onCashier: (happened) => {
        const { event, step } = cashierSteps[happened]
        this.#addEvent('wechat', event)
        this.#guide.setStep(step)
      },
      onMessage: (message, number) => this.#receive(message, `phone-${this.#loadedAt}-${number}`),
      onError: showNotice,
    })
    const { language, theme, network = networks[0].name } = this.#link
    this.#toolbar = createToolbar(element('toolbar'), { language, theme, network }, this.#actions())
    element('guide').append(this.#guide.element)
  }

  async start(): Promise<void> {
    const kept = keptRows()
    for (const row of kept) {
      this.#diagram.add(row)
      this.#decisions.follow(row, row.id.startsWith('phone-'))
    }
    this.#diagram.abandonWaiting()
    if (kept.length > 0) this.#addEvent('miniprogram', 'the page was reloaded')
    this.#open()
    // Older entries belong to phones that are closed; a reloaded tab has kept its own rows.
    const since = kept.at(-1)?.at ?? this.#loadedAt
    watchCallLog(since, {
      receive: (entry) => {
        const row = rowOfLogEntry(entry, this.#addresses)
        if (row === undefined) return
        this.#diagram.add(row)
        this.#decisions.follow(row, false)
      },
      onReachable: (reachable) =>
        showNotice(reachable ? '' : 'The simulator does not answer. Waiting for it…'),
    })
    await this.#openScenario()
  }

  /** Sets the scenario of the page's address, else leaves the simulator's own. */
  async #openScenario(): Promise<void> {
    const [scenarios, current] = await Promise.all([listScenarios(), currentScenario()])
    this.#scenarios = scenarios
    const known = [...scenarios.map(({ name }) => name), BY_AMOUNT].find(
      (name) => name === this.#link.scenario,
    )
    const scenario = known ?? current ?? DEFAULT_SCENARIO
    await this.#setScenario(scenario)
    // Last, so that whoever finds the list chooses after this.
    this.#toolbar.setScenarios(scenarios, scenario)
  }

  async #setScenario(name: string): Promise<void> {
    this.#choose({ scenario: name })
    this.#guide.setScenario(this.#scenarios.find((each) => each.name === name))
    await setScenario(name === BY_AMOUNT ? null : name)
  }

  #choose(change: Partial<PageLink>): void {
    this.#link = { ...this.#link, ...change }
    history.replaceState(null, '', writePageLink(this.#link))
  }

  #network() {
    return (networks.find(({ name }) => name === this.#link.network) ?? networks[0]).network
  }

  #addEvent(lane: DiagramRow['from'], label: string, more: { failed?: boolean; body?: unknown } = {}): void {
    this.#diagram.add(rowInLane(lane, 'event', label, { ...this.#newRow('event'), ...more }))
  }

  #newRow(kind: string): { readonly id: string; readonly at: number } {
    this.#events += 1
    return { id: `${kind}-${this.#loadedAt}-${this.#events}`, at: Date.now() }
  }

  /** Follows what the server decides, and shows the merchant where the page can play one. */
  #createMerchantSide(): Decisions {
    const { operators, consoleUrl, shopName } = this.#config
    const merchant =
      consoleUrl === undefined
        ? undefined
        : createMerchant({
            consoleUrl,
            onAction: (label, failed, body) => this.#addEvent('server', label, { failed, body }),
            refresh: (paymentId) => decisions.refresh(paymentId),
            resendWebhook: () => this.#resendWebhook(),
          })
    const decisions = followDecisions({
      operators,
      hasStock: shopName === undefined,
      add: (row) => this.#diagram.add(row),
      onPayment: (payment) => merchant?.showPayment(payment),
      onError: showNotice,
    })
    if (merchant !== undefined) element('calls').append(merchant.element)
    return decisions
  }

  async #resendWebhook(): Promise<string | undefined> {
    const newest = this.#diagram.rows().findLast(({ webhook, kind }) => webhook && kind === 'request')
    if (newest !== undefined) await resendWebhook(newest.body)
    return newest?.label
  }

  #receive(message: PhoneMessage, phone: string): void {
    if (message.type === 'error') {
      const content = { ...this.#newRow('error'), body: message.message }
      this.#diagram.add(rowInLane('miniprogram', 'error', message.message, content))
    }
    if (message.type === 'warning') this.#addEvent('miniprogram', `warning: ${message.message}`)
    if (message.type !== 'call') return
    if (message.phase === 'sent') {
      this.#diagram.markSent(phoneCall(message, phone))
      return
    }
    const row = rowOfPhoneCall(message, phone, this.#addresses)
    this.#diagram.add(row)
    this.#decisions.follow(row, true)
  }

  #open(): void {
    showNotice('')
    const { language, theme, textScale } = this.#link
    const { appId, domains } = this.#config
    this.#phone.open({ appId, domains, language, theme, textScale, network: this.#network() })
    this.#guide.setStep('shop')
  }

  #kill(): void {
    this.#phone.kill()
    this.#diagram.abandonWaiting()
  }

  #actions(): ToolbarActions {
    const phoneEvent = (label: string): void => this.#addEvent('miniprogram', label)
    return {
      setScenario: (name) => void this.#setScenario(name).then(() => showNotice(''), showNotice),
      // A change of language restarts WeChat and its Mini Programs.
      setLanguage: (language) => {
        this.#choose({ language })
        this.#kill()
        phoneEvent(language === 'en' ? 'language: English' : 'language: 中文')
        this.#open()
      },
      setTheme: (theme) => {
        this.#choose({ theme })
        this.#phone.send({ type: 'setTheme', theme })
      },
      setNetwork: (network) => {
        this.#choose({ network })
        phoneEvent(`network: ${network}`)
        this.#phone.send({ type: 'setNetwork', network: this.#network() })
      },
      background: () => {
        phoneEvent('to the background')
        this.#phone.background()
      },
      foreground: () => {
        phoneEvent('to the front')
        this.#phone.foreground()
      },
      kill: () => {
        this.#kill()
        phoneEvent('killed')
      },
      reopen: () => {
        phoneEvent('reopened')
        this.#open()
      },
      reset: () => {
        this.#kill()
        clearPhoneStorage()
        forgetShopper()
        phoneEvent('reset: another shopper')
        this.#open()
      },
      copyLink: () => copy(new URL(writePageLink(this.#link), location.href).href),
    }
  }
}

function copy(text: string): void {
  const copied = element('copied')
  const show = (shown: string): void => {
    copied.textContent = shown
  }
  void navigator.clipboard.writeText(text).then(() => show('Copied'), showNotice)
  setTimeout(() => show(''), COPIED_MS)
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}.`)
  return found
}

async function start(): Promise<void> {
  const response = await fetch('config.json')
  const config: PlaygroundConfig = await response.json()
  await new Page(config).start()
}

start().catch(showNotice)
