import { formatAddress, type OrderRecord } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { Facts } from '../../parts/facts.tsx'
import { PageLink } from '../../parts/link.tsx'
import { Absent, Copyable, Money, Time } from '../../parts/values.tsx'

/** What was ordered, by whom, and where it goes. */
export function OrderFacts({ order }: { readonly order: OrderRecord }) {
  const { t, i18n } = useTranslation()
  const { id, lines, deliverTo, reference, shopperId, shipment } = order
  const nameOf = ({ name }: OrderRecord['lines'][number]): string =>
    i18n.language === 'en' ? name.en : name['zh-CN']
  return (
    <Facts
      facts={[
        [t('order.id'), <Copyable text={id} what={t('order.id')} />],
        ...(reference === null
          ? []
          : ([[t('orders.reference'), <Copyable text={reference} what={t('orders.reference')} />]] as const)),
        ...lines.map(
          (line) =>
            [
              `${t('order.quantity', { count: line.quantity })} ${nameOf(line)}`,
              <Money amount={line.amount} />,
            ] as const,
        ),
        [
          t('order.address'),
          deliverTo === null ? (
            <Absent text={t('order.noAddress')} />
          ) : (
            `${formatAddress(deliverTo)} · ${deliverTo.userName} · ${deliverTo.telNumber}`
          ),
        ],
        [
          t('order.shipment'),
          shipment === null ? (
            <Absent text={t('order.notShipped')} />
          ) : (
            [
              t(`ship.types.${shipment.logisticsType}`),
              shipment.carrier,
              shipment.trackingNo,
              t(`ship.upload.${shipment.upload}`),
            ]
              .filter((one) => one !== null)
              .join(' · ')
          ),
        ],
        [
          t('orders.shopper'),
          shopperId === null ? (
            <Absent text={t('state.unknown')} />
          ) : (
            <PageLink to={`/orders?shopper=${shopperId}`}>{shopperId}</PageLink>
          ),
        ],
        [t('orders.createdAt'), <Time at={order.createdAt} />],
        [t('order.expiresAt'), <Time at={order.expiresAt} />],
        [t('orders.paidAt'), <Time at={order.paidAt} />],
      ]}
    />
  )
}
