import { Switch, Text, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { operatorRoutes, type ProductRecord, STOCK_CHANGE_MAX } from '@tael/contracts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fromMajorUnits, toMajorUnits } from '../format/money.ts'
import { call } from '../server/call.ts'
import { useChange } from '../server/live.ts'
import { useSession } from '../server/session.tsx'
import { ActionDialog } from './action-dialog.tsx'

interface Changing {
  readonly product: ProductRecord
  readonly onClose: () => void
}

const REASON_MAX = 500

function Reason({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { t } = useTranslation()
  return (
    <Textarea
      label={t('catalogue.reason')}
      value={value}
      maxLength={REASON_MAX}
      required
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}

/** Adds pieces to the free stock of a product, or removes some. */
export function StockDialog({ product, onClose }: Changing) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [reason, setReason] = useState('')
  const [idempotencyKey] = useState(() => crypto.randomUUID())
  const pieces = /^\s*[+-]?\d{1,7}\s*$/.test(text) ? Number(text) : 0
  const isValid = pieces !== 0 && Math.abs(pieces) <= STOCK_CHANGE_MAX && pieces >= -product.stock.free
  const change = useChange(
    () =>
      call(operatorRoutes.changeStock, {
        params: { productId: product.id },
        body: { pieces, reason: reason.trim() },
        idempotencyKey,
      }),
    ({ stock }) => {
      notifications.show({ message: t('catalogue.stockChanged', { free: stock.free }) })
      onClose()
    },
  )
  return (
    <ActionDialog
      title={t('catalogue.changeStock')}
      submit={t('catalogue.submit')}
      isValid={isValid && reason.trim() !== ''}
      isSending={change.isPending}
      error={change.error}
      onSubmit={() => change.mutate(undefined)}
      onClose={onClose}
    >
      <TextInput
        label={t('catalogue.pieces')}
        description={t('catalogue.piecesHint', { free: product.stock.free })}
        inputMode="numeric"
        value={text}
        error={
          text === '' || isValid ? undefined : t('catalogue.piecesInvalid', { free: product.stock.free })
        }
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        data-autofocus
      />
      <Reason value={reason} onChange={setReason} />
    </ActionDialog>
  )
}

/** Puts a product on sale at a price, or takes it off sale. */
export function PriceDialog({ product, onClose }: Changing) {
  const { t } = useTranslation()
  const { currency } = useSession()
  const [text, setText] = useState(product.price === null ? '' : toMajorUnits(product.price))
  const [isOnSale, setOnSale] = useState(product.price !== null)
  const [reason, setReason] = useState('')
  const price = fromMajorUnits(text, currency)
  const isValid = !isOnSale || (price !== undefined && price.value > 0)
  const change = useChange(
    () =>
      call(operatorRoutes.changePrice, {
        params: { productId: product.id },
        body: {
          price: isOnSale && price !== undefined ? price : null,
          seen: product.price,
          reason: reason.trim(),
        },
      }),
    () => {
      notifications.show({ message: t('catalogue.priceChanged') })
      onClose()
    },
  )
  return (
    <ActionDialog
      title={t('catalogue.changePrice')}
      submit={t('catalogue.submit')}
      isValid={isValid && reason.trim() !== ''}
      isSending={change.isPending}
      error={change.error}
      onSubmit={() => change.mutate(undefined)}
      onClose={onClose}
    >
      <Text size="sm" c="dimmed">
        {t('catalogue.priceHint')}
      </Text>
      <Switch
        label={t('catalogue.onSale')}
        checked={isOnSale}
        onChange={({ currentTarget }) => setOnSale(currentTarget.checked)}
      />
      {isOnSale ? (
        <TextInput
          label={t('catalogue.price')}
          inputMode="decimal"
          rightSection={currency}
          rightSectionWidth={56}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      ) : null}
      <Reason value={reason} onChange={setReason} />
    </ActionDialog>
  )
}
