import { formatAddress, formatAmount, type OperatorPayment } from '@tael/contracts'
import { make } from '@tael/miniprogram-host/dom'
import { button } from '../button.ts'
import { type Action, refundAction, refundsOf, shipAction } from './actions.ts'
import { createAttention } from './attention.ts'
import { reasonOf } from './server.ts'

export interface MerchantOptions {
  /** The address of the operators' console. */
  readonly consoleUrl: string
  /** Something that the merchant did, and what came of it. */
  readonly onAction: (label: string, failed: boolean, body: unknown) => void
  /** Reads a payment again. */
  readonly refresh: (paymentId: string) => void
  /** Sends the newest webhook again, and returns its label; undefined where there was none. */
  readonly resendWebhook: () => Promise<string | undefined>
}

/** The merchant's side of the newest payment: refund, ship, attention, a webhook again. */
export interface Merchant {
  readonly element: HTMLElement
  showPayment(payment: OperatorPayment): void
}

export function createMerchant({ consoleUrl, onAction, refresh, resendWebhook }: MerchantOptions): Merchant {
  const payments = new Map<string, OperatorPayment>()
  let shown: OperatorPayment | undefined
  const perform = async ({ label, run }: Action): Promise<void> => {
    try {
      onAction(`merchant: ${label}`, false, await run())
    } catch (error) {
      onAction(`merchant: ${label}: ${reasonOf(error)}`, true, undefined)
    }
    if (shown !== undefined) refresh(shown.id)
    await attention.read()
  }
  const attention = createAttention((action) => void perform(action))
  const actions = createActions((action) => void perform(action))
  const again = button('Send webhook again', () => {
    resendWebhook().then(
      (label) => onAction(`merchant: ${label ?? 'no webhook yet to send'} again`, false, undefined),
      (error: unknown) => onAction(`merchant: ${reasonOf(error)}`, true, undefined),
    )
  })
  const picker = make('select', 'select', { 'aria-label': 'Payment' })
  const hint = make('p', 'merchant-hint', {}, 'Pay first: then refund, ship, and see what needs attention.')
  const address = make('p', 'merchant-address')
  const inConsole = make(
    'a',
    'merchant-console',
    { target: '_blank', rel: 'noopener' },
    'Open the order in the console',
  )
  const draw = (): void => {
    actions.show(shown)
    hint.hidden = shown !== undefined
    picker.hidden = shown === undefined
    address.textContent = addressOf(shown)
    inConsole.hidden = shown === undefined
    inConsole.href = `${consoleUrl}/orders/${shown?.orderId ?? ''}`
    picker.replaceChildren(...[...payments.values()].toReversed().map((each) => optionOf(each, shown)))
  }
  picker.addEventListener('change', () => {
    shown = payments.get(picker.value)
    draw()
  })
  draw()
  void attention.read()
  return {
    element: make(
      'section',
      'merchant',
      { 'aria-label': 'Merchant' },
      make('h2', '', {}, 'Merchant'),
      picker,
      hint,
      make('div', 'buttons', {}, ...actions.buttons, again, attention.button),
      address,
      inConsole,
      attention.list,
    ),
    showPayment: (payment) => {
      // The newest payment is shown until another one is chosen.
      const isNew = !payments.has(payment.id)
      payments.set(payment.id, payment)
      if (isNew || shown?.id === payment.id) shown = payment
      draw()
      void attention.read()
    },
  }
}

/** Where the payment's order is delivered to; empty where it has no address. */
function addressOf(payment: OperatorPayment | undefined): string {
  const deliverTo = payment?.deliverTo
  if (deliverTo === undefined || deliverTo === null) return ''
  return `Deliver to ${deliverTo.userName} ${deliverTo.telNumber}, ${formatAddress(deliverTo)}`
}

function optionOf(
  { id, amount, status, surplus }: OperatorPayment,
  shown: OperatorPayment | undefined,
): HTMLOptionElement {
  const name = `${formatAmount(amount)} ${surplus ? 'surplus' : status}`
  const option = make('option', '', { value: id }, name)
  option.selected = id === shown?.id
  return option
}

/** The buttons that act on one payment, as far as its state allows. */
function createActions(perform: (action: Action) => void) {
  let payment: OperatorPayment | undefined
  const refund = (which: 'all' | 'part') => (): void => {
    const refunds = payment === undefined ? undefined : refundsOf(payment)
    if (payment !== undefined && refunds !== undefined) perform(refundAction(payment, refunds[which]))
  }
  const all = button('Refund', refund('all'))
  const part = button('Refund a part', refund('part'))
  const ship = button('Ship', () => {
    if (payment !== undefined) perform(shipAction(payment))
  })
  return {
    buttons: [all, part, ship],
    show: (next: OperatorPayment | undefined): void => {
      payment = next
      const refunds = next === undefined ? undefined : refundsOf(next)
      all.textContent = refunds === undefined ? 'Refund' : `Refund ${formatAmount(refunds.all)}`
      part.textContent = refunds === undefined ? 'Refund a part' : `Refund ${formatAmount(refunds.part)}`
      all.disabled = refunds === undefined
      part.disabled = refunds === undefined || refunds.part.value === refunds.all.value
      ship.disabled = next?.status !== 'authorised'
    },
  }
}
