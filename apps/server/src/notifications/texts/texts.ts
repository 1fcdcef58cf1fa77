import type { NotificationChange, Severity, WatchedKind } from '@tael/contracts'

/** What is watched, in words: its name, and what to do about it. */
export interface KindTexts {
  readonly name: string
  readonly action: string
}

/** Every word of notifications in one language. */
export interface Texts {
  readonly kinds: Readonly<Record<WatchedKind, KindTexts>>
  readonly severity: Readonly<Record<Severity, string>>
  /** Before the name. */
  readonly change: Readonly<Record<NotificationChange, string>>
  readonly order: (number: string) => string
  readonly payment: (id: string) => string
  readonly amount: (amount: string) => string
  readonly subject: (id: string) => string
  readonly since: (time: string) => string
  readonly items: (count: number) => string
  readonly digest: (count: number) => string
  readonly nothingOpen: string
  readonly openItems: (name: string, count: number, since: string) => string
  readonly test: KindTexts
}
