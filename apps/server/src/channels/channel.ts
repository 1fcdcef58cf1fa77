import type { ChannelType, NotificationEvent } from '@tael/contracts'

/** The bound on sending one notification, connecting included. */
export const SEND_MS = 10_000

/** A notification in words, for people, and as the event that a program receives. */
export interface ChannelMessage {
  /** The same at every try. */
  readonly id: string
  /** The time of this try, by PostgreSQL's clock. */
  readonly at: Date
  readonly event: NotificationEvent
}

/** The channel accepted the notification, or did not. The reason holds no secret. */
export type Sent = { readonly accepted: true } | { readonly accepted: false; readonly reason: string }

/** Sends notifications to one place. It bounds the time of each, and never throws. */
export interface Channel {
  readonly name: string
  readonly type: ChannelType
  send(message: ChannelMessage): Promise<Sent>
  close(): Promise<void>
}

/** Why nothing was accepted, without an address: the messages of errors may hold one. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer'
  if (error.name === 'TimeoutError') return `no answer in ${SEND_MS / 1000} s`
  return 'code' in error && typeof error.code === 'string' ? error.code : 'no answer'
}
