import { Group, Stack, Text } from '@mantine/core'
import type { OperatorPayment, OperatorRefund } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { Facts } from '../../parts/facts.tsx'
import { PaymentStatusBadge, RefundStatusBadge } from '../../parts/status.tsx'
import { Absent, Copyable, Money, Time } from '../../parts/values.tsx'
import classes from './payment-card.module.css'

/** One attempt to pay, with its references and refunds. */
export function PaymentCard({ payment }: { readonly payment: OperatorPayment }) {
  const { t } = useTranslation()
  const { id, status, amount, refundable, pspReference, wechatTransactionId, refunds } = payment
  const role = payment.surplus ? t('order.surplus') : payment.paysOrder ? t('order.paysOrder') : undefined
  return (
    <div className={classes['payment']}>
      <Group gap="xs" mb={6}>
        <PaymentStatusBadge status={status} />
        <Money amount={amount} />
        {role === undefined ? null : (
          <Text size="xs" c="dimmed">
            {role}
          </Text>
        )}
      </Group>
      <Facts
        facts={[
          [t('payments.id'), <Copyable text={id} what={t('payments.id')} />],
          [
            t('payments.pspReference'),
            pspReference === null ? (
              <Absent text={t('state.none')} />
            ) : (
              <Copyable text={pspReference} what={t('payments.pspReference')} />
            ),
          ],
          [
            t('order.wechatTransaction'),
            wechatTransactionId === null ? (
              <Absent text={t('state.unknown')} />
            ) : (
              <Copyable text={wechatTransactionId} what={t('order.wechatTransaction')} />
            ),
          ],
          [t('payments.createdAt'), <Time at={payment.createdAt} />],
          [
            t('order.refundable'),
            refundable === null ? <Absent text={t('state.none')} /> : <Money amount={refundable} />,
          ],
        ]}
      />
      {refunds.length === 0 ? null : <Refunds refunds={refunds} />}
    </div>
  )
}

function Refunds({ refunds }: { readonly refunds: readonly OperatorRefund[] }) {
  const { t } = useTranslation()
  return (
    <Stack gap={6} mt="sm">
      <Text size="sm" fw={600}>
        {t('order.refundsOf')}
      </Text>
      {refunds.map((refund) => (
        <div key={refund.id}>
          <Group gap="xs">
            <RefundStatusBadge status={refund.status} />
            <Money amount={refund.amount} />
            <Text size="xs" c="dimmed">
              <Time at={refund.updatedAt} />
            </Text>
          </Group>
          <Copyable text={refund.pspReference ?? refund.id} what={t('order.refundsOf')} />
        </div>
      ))}
    </Stack>
  )
}
