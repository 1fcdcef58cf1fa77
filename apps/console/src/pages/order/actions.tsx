import { Group, Text } from '@mantine/core'
import { type OrderRecord, type OperatorPayment } from '@tael/contracts'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ActionButton } from '../../actions/action-button.tsx'
import { DeclineDialog } from '../../actions/note-dialogs.tsx'
import { RefundDialog } from '../../actions/refund-dialog.tsx'
import { ShipDialog } from '../../actions/ship-dialog.tsx'
import { useMay, useSession } from '../../server/session.tsx'

/** What is left to refund of a payment; undefined: nothing. */
function leftOf({ refundable }: OperatorPayment) {
  return refundable === null || refundable.value === 0 ? undefined : refundable
}

/** What the operator may do with the order in its present state. */
export function OrderActions({ order }: { readonly order: OrderRecord }) {
  const { t, i18n } = useTranslation()
  const mayRefund = useMay('refunds:write')
  const mayShip = useMay('orders:ship')
  const { scopes } = useSession()
  const { payments, shipment, lines } = order
  const goods = lines
    .map(({ name, quantity }) => `${i18n.language === 'en' ? name.en : name['zh-CN']} × ${quantity}`)
    .join(', ')
    .slice(0, 120)
  const buttons: ReactNode[] = []
  for (const payment of mayRefund ? payments : []) {
    const refundable = leftOf(payment)
    if (refundable === undefined) continue
    const hasFailed = payment.refunds.some(({ status }) => status === 'failed')
    buttons.push(
      <ActionButton
        key={payment.id}
        isMain
        label={hasFailed ? t('refund.again') : t('refund.action')}
        dialog={(close) => (
          <RefundDialog
            paymentId={payment.id}
            orderNumber={order.number}
            refundable={refundable}
            onClose={close}
          />
        )}
      />,
    )
  }
  if (mayRefund && order.refundRequestedAt !== null && order.refundDecline === null)
    buttons.push(
      <ActionButton
        key="decline"
        label={t('decline.action')}
        dialog={(close) => <DeclineDialog orderId={order.id} onClose={close} />}
      />,
    )
  if (mayShip && order.status === 'paid')
    buttons.push(
      <ActionButton
        key="ship"
        isMain={shipment === null}
        label={shipment === null ? t('ship.action') : t('ship.again')}
        dialog={(close) => (
          <ShipDialog orderId={order.id} shipment={shipment} goods={goods} onClose={close} />
        )}
      />,
    )
  if (buttons.length > 0) return <Group gap="xs">{buttons}</Group>
  return (
    <Text size="sm" c="dimmed">
      {scopes.length > 1 ? t('order.nothingToDo') : t('order.notAllowed')}
    </Text>
  )
}
