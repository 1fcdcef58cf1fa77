/** The languages the phone can be set to, as `wx.getAppBaseInfo().language` names them. */
export type Language = 'zh_CN' | 'en'

export type Theme = 'light' | 'dark'

/** The network between the Mini Program and its server. */
export interface Network {
  readonly offline: boolean
  /** The delay of each request. */
  readonly latencyMs: number
  /** The share of requests that are lost, 0 to 1: half before the server gets them, half after. */
  readonly lossRatio: number
}

/** The phone's settings when the Mini Program starts. */
export interface PhoneSettings {
  readonly appId: string
  readonly language: Language
  readonly theme: Theme
  /** WeChat's text size as a factor; 1 by default. */
  readonly textScale?: number
  readonly network: Network
  /** For each origin that `wx.request` may call, the path on the phone's own origin that replaces it. */
  readonly domains: Readonly<Record<string, string>>
}

/** From the embedder, the page around the phone, to the phone. */
export type EmbedderMessage =
  | { readonly type: 'start'; readonly settings: PhoneSettings }
  | { readonly type: 'settleLogin'; readonly id: number; readonly code: string }
  | { readonly type: 'failLogin'; readonly id: number; readonly reason: string }
  /** The cashier covers the Mini Program, which is in the background until the payment is settled. */
  | { readonly type: 'cashierOpened'; readonly id: number }
  | { readonly type: 'settlePayment'; readonly id: number; readonly errMsg: string }
  | { readonly type: 'background' }
  | { readonly type: 'foreground' }
  | { readonly type: 'setNetwork'; readonly network: Network }
  | { readonly type: 'setTheme'; readonly theme: Theme }
  /** WeChat downloaded a newer version of the Mini Program. */
  | { readonly type: 'updateReady' }
  /** The shopper taps Share in WeChat's menu. */
  | { readonly type: 'share' }

/** A call from the Mini Program to WeChat or its server (`request`), or its answer. */
export interface CallMessage {
  readonly type: 'call'
  /** `sent`: the request left the phone. One without it before its answer never left. */
  readonly phase: 'request' | 'sent' | 'answer'
  /** The same number in a request and its answer. */
  readonly call: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly api: 'login' | 'request' | 'requestPayment'
  readonly label: string
  /** Of a request over HTTP: the path of its domain (`domains`), which the label lacks. */
  readonly base?: string
  readonly failed: boolean
  /** In the answer of a call that the network lost: what it lost. */
  readonly lost?: 'request' | 'answer'
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** From the phone to the embedder. */
export type PhoneMessage =
  /** The phone's page is loaded and waits for `start`. */
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
  /** The Mini Program asks to restart in its newer version. */
  | { readonly type: 'updateApplied' }
  /** The card that the front page shares; undefined where it shares none. */
  | { readonly type: 'shared'; readonly card: unknown }
  /** The Mini Program threw an error, or used what this host or a real phone lacks. */
  | { readonly type: 'error'; readonly message: string }
  /** The Mini Program does what this host, or a phone, does only in part. */
  | { readonly type: 'warning'; readonly message: string }

/** The form of each message over `postMessage`, with a mark that other scripts' messages lack. */
export interface Envelope<Message> {
  readonly tael: 'miniprogram'
  readonly message: Message
}

export function seal<Message>(message: Message): Envelope<Message> {
  return { tael: 'miniprogram', message }
}

/** Checks only the mark: messages come from a page of the same origin, built from this file. */
export function isSealed<Message>(data: unknown): data is Envelope<Message> {
  return typeof data === 'object' && data !== null && 'tael' in data && data.tael === 'miniprogram'
}

/** The prefix of each key that the phone writes to the browser's storage; the AppID follows. */
export const STORAGE_PREFIX = 'wx:'
