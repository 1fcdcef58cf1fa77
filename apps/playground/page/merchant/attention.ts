import { type AttentionItem, operatorRoutes } from '@tael/contracts'
import { make } from '@tael/miniprogram-host/dom'
import { button } from '../button.ts'
import type { Perform } from './actions.ts'
import { callAsOperator, reasonOf } from './server.ts'

/** What the merchant notes. */
const NOTE = 'Handled in the playground'
/** Why the merchant declines a refund, as the shopper reads it. */
const DECLINE_REASON = 'The tea was opened.'

/** A button with the number of items that need attention, and the list that it opens. */
export interface Attention {
  readonly button: HTMLButtonElement
  readonly list: HTMLElement
  read(): Promise<void>
}

export function createAttention(perform: Perform): Attention {
  const list = make('ul', 'attention', { 'aria-label': 'What needs attention' })
  list.hidden = true
  const open = button('Attention', () => {
    list.hidden = !list.hidden
    if (!list.hidden) void read()
  })
  const read = async (): Promise<void> => {
    try {
      const { items, counts } = await callAsOperator(operatorRoutes.listAttention, {})
      const count = Object.values(counts).reduce((sum, each) => sum + each, 0)
      open.textContent = `Attention (${count})`
      const rows = items.map((item) => attentionItem(item, perform))
      list.replaceChildren(...(rows.length === 0 ? [make('li', '', {}, 'Nothing needs attention.')] : rows))
    } catch (error) {
      list.replaceChildren(make('li', '', {}, reasonOf(error)))
    }
  }
  return { button: open, list, read }
}

function attentionItem(item: AttentionItem, perform: Perform): HTMLElement {
  const { kind, subject, since, reason } = item
  const handled = button('Handled', () =>
    perform({
      label: `handled ${kind} of ${subject}`,
      run: () =>
        callAsOperator(operatorRoutes.handleAttention, { body: { kind, subject, since, note: NOTE } }),
    }),
  )
  const words = make('span', '', {}, `${kind.replaceAll('_', ' ')}: ${reason}`)
  const decline = kind === 'refund_requested' ? [declineButton(subject, perform)] : []
  return make('li', '', {}, words, ...decline, handled)
}

function declineButton(orderId: string, perform: Perform): HTMLButtonElement {
  return button('Decline', () =>
    perform({
      label: `decline the refund of ${orderId}`,
      run: () =>
        callAsOperator(operatorRoutes.declineRefund, {
          params: { orderId },
          body: { reason: DECLINE_REASON },
        }),
    }),
  )
}
