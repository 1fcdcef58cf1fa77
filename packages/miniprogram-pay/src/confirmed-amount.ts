import type { Amount } from '@tael/contracts'
import { isProblem } from './problems.ts'
import { notifyIfSlow } from './slow.ts'
import type { TaelPayOptions } from './tael-pay.ts'

/** The shopper did not confirm another amount. */
export type Declined = 'declined'

/** Sends a request with the amount shown, and with each that the server names and they confirm. */
export type AtConfirmedAmount = <T>(
  shown: Amount,
  send: (amount: Amount) => Promise<T>,
) => Promise<T | Declined>

export function createAtConfirmedAmount(
  confirm: TaelPayOptions['confirmAmount'],
  onSlow: () => void,
): AtConfirmedAmount {
  return async (shown, send) => {
    for (let amount = shown; ;) {
      try {
        return await notifyIfSlow(send(amount), onSlow)
      } catch (error) {
        const changed = isProblem(error, 'amount_changed') ? error.problem.amount : undefined
        if (changed === undefined) throw error
        if (!(await confirm(amount, changed))) return 'declined'
        amount = changed
      }
    }
  }
}
