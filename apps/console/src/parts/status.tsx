import { Badge } from '@mantine/core'
import type { OrderStatus, PaymentStatus, RefundStatus, WebhookItemState } from '@tael/contracts'
import { useTranslation } from 'react-i18next'

type Tone = 'good' | 'bad' | 'waiting' | 'over'

/** The words say everything; the colour only helps to find them. */
const colours: Readonly<Record<Tone, string>> = { good: 'teal', bad: 'red', waiting: 'yellow', over: 'gray' }

function Status({ tone, text }: { readonly tone: Tone; readonly text: string }) {
  return (
    <Badge color={colours[tone]} variant="light" autoContrast tt="none">
      {text}
    </Badge>
  )
}

const orderTones = {
  open: 'waiting',
  paid: 'good',
  expired: 'over',
  cancelled: 'over',
} as const satisfies Record<OrderStatus, Tone>

export function OrderStatusBadge({ status }: { readonly status: OrderStatus }) {
  const { t } = useTranslation()
  return <Status tone={orderTones[status]} text={t(`orderStatus.${status}`)} />
}

const paymentTones = {
  starting: 'waiting',
  awaiting_shopper: 'waiting',
  processing: 'waiting',
  expired: 'over',
  error: 'bad',
  cancelled: 'over',
  refused: 'bad',
  authorised: 'good',
} as const satisfies Record<PaymentStatus, Tone>

export function PaymentStatusBadge({ status }: { readonly status: PaymentStatus }) {
  const { t } = useTranslation()
  return <Status tone={paymentTones[status]} text={t(`paymentStatus.${status}`)} />
}

const refundTones = {
  requested: 'waiting',
  received: 'waiting',
  refunded: 'good',
  failed: 'bad',
} as const satisfies Record<RefundStatus, Tone>

export function RefundStatusBadge({ status }: { readonly status: RefundStatus }) {
  const { t } = useTranslation()
  return <Status tone={refundTones[status]} text={t(`refundStatus.${status}`)} />
}

const webhookTones = {
  applied: 'good',
  stored: 'over',
  foreign: 'over',
  attention: 'bad',
} as const satisfies Record<WebhookItemState, Tone>

export function WebhookStateBadge({ state }: { readonly state: WebhookItemState }) {
  const { t } = useTranslation()
  return <Status tone={webhookTones[state]} text={t(`webhooks.states.${state}`)} />
}
