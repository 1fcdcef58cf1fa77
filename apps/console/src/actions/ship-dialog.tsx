import { NativeSelect, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type CreateShipment, LogisticsType, operatorRoutes, type OperatorShipment } from '@tael/contracts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { oneOf } from '../parts/filters.tsx'
import { call } from '../server/call.ts'
import { useChange } from '../server/live.ts'
import { ActionDialog } from './action-dialog.tsx'

const types = LogisticsType.anyOf.map((literal) => literal.const)

/** Records the shipment of a paid order, or replaces the one that was recorded. */
export function ShipDialog({
  orderId,
  shipment,
  goods,
  onClose,
}: {
  readonly orderId: string
  readonly shipment: OperatorShipment | null
  /** What was ordered, in a line. */
  readonly goods: string
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const [idempotencyKey] = useState(() => crypto.randomUUID())
  const [type, setType] = useState<LogisticsType>(shipment?.logisticsType ?? 'express')
  const [express, setExpress] = useState<Express>({
    carrier: shipment?.carrier ?? '',
    trackingNo: shipment?.trackingNo ?? '',
    senderContact: '',
  })
  const [items, setItems] = useState(shipment?.items ?? goods)
  const isExpress = type === 'express'
  const body = shipmentOf(type, items, express)
  const ship = useChange(
    () => call(operatorRoutes.createShipment, { params: { orderId }, body, idempotencyKey }),
    () => {
      notifications.show({ message: t('ship.done') })
      onClose()
    },
  )
  return (
    <ActionDialog
      title={t('ship.title')}
      submit={t('ship.submit')}
      isValid={body.items !== '' && (!isExpress || (body.carrier !== '' && body.trackingNo !== ''))}
      isSending={ship.isPending}
      error={ship.error}
      onSubmit={() => ship.mutate(undefined)}
      onClose={onClose}
    >
      <NativeSelect
        label={t('ship.type')}
        data={types.map((value) => ({ value, label: t(`ship.types.${value}`) }))}
        value={type}
        onChange={({ currentTarget }) => setType(oneOf(types, currentTarget.value) ?? type)}
      />
      {isExpress ? (
        <ExpressFields
          values={express}
          onChange={(name, value) => setExpress({ ...express, [name]: value })}
        />
      ) : null}
      <TextInput
        label={t('ship.items')}
        value={items}
        maxLength={120}
        required
        onChange={({ currentTarget }) => setItems(currentTarget.value)}
      />
    </ActionDialog>
  )
}

/** What WeChat is told of a shipment by a carrier. */
interface Express {
  readonly carrier: string
  readonly trackingNo: string
  readonly senderContact: string
}

function ExpressFields({
  values,
  onChange,
}: {
  readonly values: Express
  readonly onChange: (name: keyof Express, value: string) => void
}) {
  const { t } = useTranslation()
  return (
    <>
      <TextInput
        label={t('ship.carrier')}
        description={t('ship.carrierHint')}
        value={values.carrier}
        required
        onChange={({ currentTarget }) => onChange('carrier', currentTarget.value)}
      />
      <TextInput
        label={t('ship.trackingNo')}
        value={values.trackingNo}
        required
        onChange={({ currentTarget }) => onChange('trackingNo', currentTarget.value)}
      />
      <TextInput
        label={t('ship.senderContact')}
        description={t('ship.senderContactHint')}
        value={values.senderContact}
        onChange={({ currentTarget }) => onChange('senderContact', currentTarget.value)}
      />
    </>
  )
}

function shipmentOf(logisticsType: LogisticsType, items: string, express: Express): CreateShipment {
  const shipment = { logisticsType, items: items.trim() }
  if (logisticsType !== 'express') return shipment
  const [carrier, trackingNo] = [express.carrier.trim(), express.trackingNo.trim()]
  const senderContact = express.senderContact.trim()
  return { ...shipment, carrier, trackingNo, ...(senderContact === '' ? {} : { senderContact }) }
}
