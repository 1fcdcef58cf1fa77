import { parseArgs } from 'node:util'
import { OrderExportQuery, PaymentExportQuery, SearchQuery } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { describeOptions, readQuery } from '../cli/query.ts'
import { readDatabase, readEnvironment, readPersonalData } from '../config.ts'
import { checkOpenidKeys } from '../openids/move.ts'
import { Openids } from '../openids/openids.ts'
import { describeHits, describeOrder } from './describe-order.ts'
import { exportOrders, exportPayments } from './export.ts'
import { findOrderRecord } from './order-record.ts'
import { search } from './search.ts'

export const findOrderCommand: Command = {
  name: 'find-order',
  summary: 'find orders by any reference, and print what happened to the one that is found',
  usage: `<reference> [--json]

The reference is a whole one: the id or number of an order, or a merchant's own reference of it; the id of a payment, a refund or a shopper; a pspReference of
Adyen; the transaction id of WeChat; or the SHA-256 of an openid in hex. The exit code is 1 where nothing has it.

  --json   JSON: one order as GET /ops/orders/:orderId answers it, several as GET /ops/search does`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' } },
      allowPositionals: true,
    })
    const query = { q: positionals.join(' ') }
    if (!Check(SearchQuery, query))
      throw new CommandError('usage', 'Name one reference, of at most 80 characters.')
    const { database, openids } = readEnvironment(environment, (read) => ({
      database: readDatabase(read),
      openids: new Openids(readPersonalData(read)),
    }))
    return withDatabase(database, async (db) => {
      // Without the key nobody has this openid: that must not look like an answer.
      if (/^[0-9a-f]{64}$/i.test(query.q)) await checkOpenidKeys(db, openids)
      await recordAction(db, { actor: commandActor(), action: 'search', detail: query })
      const { hits } = await search(db, openids, query.q)
      const [first, ...others] = hits
      if (first === undefined) {
        print('no order has this reference\n')
        return 'differences'
      }
      if (others.length > 0) {
        print(values.json === true ? `${JSON.stringify(hits, undefined, 2)}\n` : describeHits(hits))
        return 'success'
      }
      const record = await findOrderRecord(db, first.order.id)
      if (record === undefined) throw new Error(`The order ${first.order.id} does not exist any more.`)
      print(values.json === true ? `${JSON.stringify(record, undefined, 2)}\n` : describeOrder(record))
      return 'success'
    })
  },
}

export const exportOrdersCommand: Command = {
  name: 'export-orders',
  summary: 'write orders as CSV, newest first',
  usage: `${describeOptions(OrderExportQuery)}

The options select as those of GET /ops/orders.csv do.`,

  async run(args, { environment, print }) {
    const { query } = readQuery(args, OrderExportQuery)
    await withDatabase(readEnvironment(environment, readDatabase), async (db) => {
      await recordAction(db, { actor: commandActor(), action: 'orders.export', detail: query })
      for await (const text of exportOrders(db, query)) print(String(text))
    })
    return 'success'
  },
}

export const exportPaymentsCommand: Command = {
  name: 'export-payments',
  summary: 'write payments as CSV, newest first',
  usage: `${describeOptions(PaymentExportQuery)}

The options select as those of GET /ops/payments.csv do.`,

  async run(args, { environment, print }) {
    const { query } = readQuery(args, PaymentExportQuery)
    await withDatabase(readEnvironment(environment, readDatabase), async (db) => {
      await recordAction(db, { actor: commandActor(), action: 'payments.export', detail: query })
      for await (const text of exportPayments(db, query)) print(String(text))
    })
    return 'success'
  },
}
