/** The languages the phone can be set to, as `wx.getAppBaseInfo().language` names them. */
export type Language = 'zh_CN' | 'en'

export type Theme = 'light' | 'dark'

/** The network between the Mini Program and its server. */
export interface Network {
  readonly offline: boolean
  /** How much later each request arrives. */
  readonly latencyMs: number
  /** The share of requests that are lost, 0 to 1: half of them on the way there, half on the way back. */
  readonly lossRatio: number
}

/** What the phone is told before the Mini Program starts. */
export interface PhoneSettings {
  readonly appId: string
  readonly language: Language
  readonly theme: Theme
  /** How much larger than usual WeChat's text size is set; 1 where it is not said. */
  readonly textScale?: number
  readonly network: Network
  /** The domains `wx.request` may call, by origin, and the path on the phone's own origin that stands for each. */
  readonly domains: Readonly<Record<string, string>>
}

/** From the page around the phone to the phone. */
export type EmbedderMessage =
  | { readonly type: 'start'; readonly settings: PhoneSettings }
  | { readonly type: 'settleLogin'; readonly id: number; readonly code: string }
  | { readonly type: 'failLogin'; readonly id: number; readonly reason: string }
  /** The cashier covers the Mini Program: it goes to the background until the payment is settled. */
  | { readonly type: 'cashierOpened'; readonly id: number }
  | { readonly type: 'settlePayment'; readonly id: number; readonly errMsg: string }
  | { readonly type: 'background' }
  | { readonly type: 'foreground' }
  | { readonly type: 'setNetwork'; readonly network: Network }
  | { readonly type: 'setTheme'; readonly theme: Theme }
  /** WeChat has a newer version of the Mini Program on the phone. */
  | { readonly type: 'updateReady' }
  /** The shopper taps share in WeChat's menu. */
  | { readonly type: 'share' }

/** One of the Mini Program's calls to the outside, when it leaves (`request`) and when it is answered. */
export interface CallMessage {
  readonly type: 'call'
  readonly phase: 'request' | 'answer'
  /** The same number in a call's request and its answer. */
  readonly call: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly api: 'login' | 'request' | 'requestPayment'
  readonly label: string
  readonly failed: boolean
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** From the phone to the page around it. */
export type PhoneMessage =
  /** The phone's page is there and waits for `start`. */
  | { readonly type: 'loaded' }
  /** The Mini Program shows its first page. */
  | { readonly type: 'ready' }
  | { readonly type: 'login'; readonly id: number }
  | {
      readonly type: 'requestPayment'
      readonly id: number
      readonly parameters: Readonly<Record<string, unknown>>
    }
  | CallMessage
  /** The Mini Program wants to start again in its newer version. */
  | { readonly type: 'updateApplied' }
  /** The card that the page in front gives to share; undefined where it gives none. */
  | { readonly type: 'shared'; readonly card: unknown }
  /** The Mini Program threw, or used what this host or a real phone does not have. */
  | { readonly type: 'error'; readonly message: string }

/** What goes over `postMessage`: the mark keeps other scripts' messages out. */
export interface Envelope<Message> {
  readonly tael: 'miniprogram'
  readonly message: Message
}

export function seal<Message>(message: Message): Envelope<Message> {
  return { tael: 'miniprogram', message }
}

/** Messages come from a page of the same origin, built from the same table: the mark is all there is to check. */
export function isSealed<Message>(data: unknown): data is Envelope<Message> {
  return typeof data === 'object' && data !== null && 'tael' in data && data.tael === 'miniprogram'
}
