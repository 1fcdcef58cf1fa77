import { parseArgs } from 'node:util'
import { CreateShipment, formatAmount, type ShippingRecord, ShippingQuery } from '@tael/contracts'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { checkOptions } from '../cli/body.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase, withJobQueue } from '../cli/database.ts'
import { describeOptions, readQuery } from '../cli/query.ts'
import { readDatabase, readEnvironment, readShippingUpload } from '../config.ts'
import { createShipment } from './create.ts'
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

export const shipOrderCommand: Command = {
  name: 'ship-order',
  summary: 'record the shipment of a paid order; again with other options corrects it',
  usage: `<order> --type <type> --items <text> [--carrier <id>] [--tracking-no <number>] [--sender-contact <phone>]

  <order>            the id of the order
  --type             express, same_city, virtual or self_pickup
  --items            what was shipped, up to 120 characters
  --carrier          WeChat's id of the carrier, such as SF; express needs it
  --tracking-no      express needs it
  --sender-contact   the sender's phone number, masked except for its last four digits; SF requires it`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        type: { type: 'string' },
        items: { type: 'string' },
        carrier: { type: 'string' },
        'tracking-no': { type: 'string' },
        'sender-contact': { type: 'string' },
      },
    })
    const [orderId, more] = positionals
    if (orderId === undefined || more !== undefined)
      throw new CommandError('usage', 'Name one order by its id.')
    const { type, items, carrier } = values
    const body = checkOptions(CreateShipment, {
      logisticsType: type,
      items,
      carrier,
      trackingNo: values['tracking-no'],
      senderContact: values['sender-contact'],
    })
    const { database, shippingUpload } = readEnvironment(environment, (read) => ({
      database: readDatabase(read),
      shippingUpload: readShippingUpload(read),
    }))
    // Recording a shipment again replaces it by the same one.
    const key = crypto.randomUUID()
    const action = { actor: commandActor(), action: 'order.ship', subject: orderId }
    const shipment = await withJobQueue(database, (context) =>
      createShipment({ ...context, config: { shippingUpload } }, action, key, orderId, body),
    )
    print(`${orderId} is shipped: ${shipment.items}\n`)
    return 'success'
  },
}
