import { formatAmount, type ShippingRecord, ShippingQuery } from '@tael/contracts'
import { commandActor, recordAction } from '../audit/record-action.ts'
import type { Command } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { describeOptions, readQuery } from '../cli/query.ts'
import { readDatabase, readEnvironment } from '../config.ts'
import { listShipments } from './list.ts'

export const listShipmentsCommand: Command = {
  name: 'list-shipments',
  summary: 'list orders that wait to be shipped, or were',
  usage: `${describeOptions(ShippingQuery)} [--json]

  --state   waiting, shipped or upload_failed
  --after   the last order of the page before
  --json    JSON, as GET /ops/shipments answers it`,

  async run(args, { environment, print }) {
    const { query, json } = readQuery(args, ShippingQuery)
    const records = await withDatabase(readEnvironment(environment, readDatabase), async (db) => {
      await recordAction(db, { actor: commandActor(), action: 'shipments.list', detail: query })
      return listShipments(db, query)
    })
    if (json) print(`${JSON.stringify(records, undefined, 2)}\n`)
    else {
      print(records.orders.map(describe).join(''))
      if (records.next !== null) print(`more: --after ${records.next}\n`)
    }
    return 'success'
  },
}

function describe({ orderNumber, orderId, amount, paidAt, shipment }: ShippingRecord): string {
  const shipped = shipment === null ? '' : `  shipped ${shipment.at}: ${shipment.items}`
  const reason = shipment?.reason ?? ''
  return `${orderNumber}  ${orderId}  ${formatAmount(amount)}  paid ${paidAt}${shipped}${reason === '' ? '' : `, ${reason}`}\n`
}
