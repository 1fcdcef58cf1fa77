import { Group } from '@mantine/core'
import { operatorRoutes, type ProductRecord } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import { ActionButton } from '../actions/action-button.tsx'
import { PriceDialog, StockDialog } from '../actions/product-dialogs.tsx'
import { Failure, Loading, Page } from '../parts/page.tsx'
import { type Column, RecordTable } from '../parts/record-table.tsx'
import { Absent, Money } from '../parts/values.tsx'
import { useLive } from '../server/live.ts'
import { useMay } from '../server/session.tsx'

/** The goods of the shop with their prices and stock. */
export default function CataloguePage() {
  const { t } = useTranslation()
  const { data, error, refetch, dataUpdatedAt } = useLive(operatorRoutes.listProductRecords, {})
  const columns = useColumns()
  return (
    <Page title={t('catalogue.title')} updatedAt={dataUpdatedAt}>
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <RecordTable
          label={t('catalogue.title')}
          rows={data.products}
          columns={columns}
          keyOf={({ id }) => id}
        />
      )}
    </Page>
  )
}

function useColumns(): readonly Column<ProductRecord>[] {
  const { t, i18n } = useTranslation()
  const mayChange = useMay('catalogue:write')
  const actions: Column<ProductRecord> = {
    label: t('order.actions'),
    show: (product) => (
      <Group gap="xs">
        <ActionButton
          label={t('catalogue.changeStock')}
          dialog={(close) => <StockDialog product={product} onClose={close} />}
        />
        <ActionButton
          label={t('catalogue.changePrice')}
          dialog={(close) => <PriceDialog product={product} onClose={close} />}
        />
      </Group>
    ),
  }
  return [
    {
      label: t('catalogue.product'),
      show: ({ name }) => (i18n.language === 'en' ? name.en : name['zh-CN']),
    },
    {
      label: t('catalogue.price'),
      numeric: true,
      show: ({ price }) =>
        price === null ? <Absent text={t('catalogue.offSale')} /> : <Money amount={price} />,
    },
    { label: t('catalogue.free'), numeric: true, show: ({ stock }) => stock.free },
    { label: t('catalogue.reserved'), numeric: true, show: ({ stock }) => stock.reserved },
    { label: t('catalogue.sold'), numeric: true, show: ({ stock }) => stock.sold },
    ...(mayChange ? [actions] : []),
  ]
}
