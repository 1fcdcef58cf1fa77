import type { PaymentStatus, RefundStatus } from '@tael/contracts'
import type { Db, Trx } from './database.ts'
import type { WebhookState } from './tables.ts'

/** What a transaction changed that is counted once it has committed. */
export type Change =
  | { readonly kind: 'payment'; readonly status: PaymentStatus }
  | { readonly kind: 'refund'; readonly status: RefundStatus }
  /** The code is one of those that change something, or `other`. */
  | { readonly kind: 'webhook'; readonly eventCode: string; readonly state: WebhookState }

const noted = new WeakMap<Trx, Change[]>()
const listeners = new WeakMap<Db, (change: Change) => void>()

/** Notes a change of a transaction. Where it does not commit, the note is dropped. */
export function noteChange(trx: Trx, change: Change): void {
  const changes = noted.get(trx)
  if (changes === undefined) noted.set(trx, [change])
  else changes.push(change)
}

/** How many changes are noted, for `dropChanges`. */
export function countChanges(trx: Trx): number {
  return noted.get(trx)?.length ?? 0
}

/** Drops the notes after the first `kept`: the savepoint before them was rolled back to. */
export function dropChanges(trx: Trx, kept: number): void {
  noted.get(trx)?.splice(kept)
}

/** Calls `listener` with each change that this database's transactions commit from now on. */
export function onCommitted(db: Db, listener: (change: Change) => void): void {
  listeners.set(db, listener)
}

/** Reports the changes of a transaction that has committed. */
export function reportCommitted(db: Db, trx: Trx): void {
  const listener = listeners.get(db)
  if (listener !== undefined) for (const change of noted.get(trx) ?? []) listener(change)
}
