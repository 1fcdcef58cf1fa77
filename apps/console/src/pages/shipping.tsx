import { operatorRoutes, type ShippingRecord, ShippingState } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { ActionButton } from '../actions/action-button.tsx'
import { ShipDialog } from '../actions/ship-dialog.tsx'
import { ChoiceFilter, FilterBar, oneOf, useFilters } from '../parts/filters.tsx'
import { PageLink } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { type Column, RecordList } from '../parts/record-table.tsx'
import { Absent, Money, Time } from '../parts/values.tsx'
import { call } from '../server/call.ts'
import { listState } from '../server/list-state.ts'
import { useLiveList } from '../server/live.ts'
import { useMay } from '../server/session.tsx'

const states = ShippingState.anyOf.map((literal) => literal.const)

/** The paid orders that wait to be shipped, oldest first; and those that were. */
export default function ShippingPage() {
  const { t } = useTranslation()
  const { read } = useFilters()
  const state = oneOf(states, read('state')) ?? 'waiting'
  const list = useLiveList(operatorRoutes.listShipments, { state }, (after) =>
    call(operatorRoutes.listShipments, { query: { state, after } }),
  )
  return (
    <Page title={t('shipping.title')} updatedAt={list.dataUpdatedAt}>
      <FilterBar>
        <ChoiceFilter
          name="state"
          label={t('filter.state')}
          values={states}
          fallback="waiting"
          describe={(each) => t(`shipping.states.${each}`)}
        />
      </FilterBar>
      <RecordList
        list={listState(list, ({ orders }) => orders)}
        label={t('shipping.title')}
        columns={useColumns()}
        keyOf={({ orderId }) => orderId}
        none={t('shipping.none')}
        noneHint={t('shipping.noneHint')}
      />
    </Page>
  )
}

function useColumns(): readonly Column<ShippingRecord>[] {
  const { t } = useTranslation()
  const mayShip = useMay('orders:ship')
  const action: Column<ShippingRecord> = {
    label: t('order.actions'),
    show: ({ orderId, shipment }) => (
      <ActionButton
        label={shipment === null ? t('ship.action') : t('ship.again')}
        dialog={(close) => <ShipDialog orderId={orderId} shipment={shipment} goods="" onClose={close} />}
      />
    ),
  }
  return [
    {
      label: t('orders.number'),
      show: ({ orderId, orderNumber }) => <PageLink to={`/orders/${orderId}`}>{orderNumber}</PageLink>,
    },
    { label: t('orders.amount'), numeric: true, show: ({ amount }) => <Money amount={amount} /> },
    { label: t('orders.paidAt'), show: ({ paidAt }) => <Time at={paidAt} /> },
    {
      label: t('order.shipment'),
      show: ({ shipment }) =>
        shipment === null ? (
          <Absent text={t('order.notShipped')} />
        ) : (
          [shipment.carrier, shipment.trackingNo, t(`ship.upload.${shipment.upload}`), shipment.reason]
            .filter((one) => one !== null)
            .join(' · ')
        ),
    },
    ...(mayShip ? [action] : []),
  ]
}
