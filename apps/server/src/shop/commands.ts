import { parseArgs } from 'node:util'
import { goods } from '@tael/miniprogram/goods'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { readCurrency, readDatabase, readEnvironment } from '../config.ts'
import { describeAmount } from '../db/amount.ts'
import { inTransaction } from '../db/transaction.ts'
import { adjustStock } from '../ledger/stock.ts'
import { findCatalogueProblems, putGoods } from './catalogue.ts'

/** The most pieces in one change of stock. */
const PIECES_MAX = 1_000_000

export const putGoodsCommand: Command = {
  name: 'put-goods',
  summary: 'put the goods of the merchant on sale at their prices',
  usage: `

Takes names, prices and order from apps/miniprogram/src/merchant/goods.ts as it was when this program
was built. New goods get the stock in that file; the others keep theirs. Goods that are not in it are
no longer sold; orders of them stay.`,

  async run(args, { environment, print }) {
    parseArgs({ args: [...args], options: {} })
    const { database, currency } = readEnvironment(environment, (read) => ({
      database: readDatabase(read),
      currency: readCurrency(read),
    }))
    const problems = findCatalogueProblems(goods, currency)
    if (problems.length > 0)
      throw new CommandError('data', `Correct the goods:\n${problems.map((one) => `- ${one}`).join('\n')}`)
    const { added, withdrawn, repriced } = await withDatabase(database, (db) =>
      inTransaction(db, async (trx) => {
        const change = await putGoods(trx, goods)
        await recordAction(trx, { actor: commandActor(), action: 'goods.put', detail: { ...change } })
        return change
      }),
    )
    for (const id of added) print(`${id} is new\n`)
    for (const { id, currency: of, from, to } of repriced)
      print(
        `${id} costs ${describeAmount({ currency: of, value: to })}, before: ${describeAmount({ currency: of, value: from })}\n`,
      )
    for (const id of withdrawn) print(`${id} is no longer sold\n`)
    print(`${goods.length} goods are on sale\n`)
    return 'success'
  },
}

export const stockCommand: Command = {
  name: 'stock',
  summary: 'add pieces to the stock of a product, or remove them',
  usage: `<product> --add <pieces> | --remove <pieces>

  <product>   the id of the product
  --add       how many pieces came in
  --remove    how many free pieces are gone; pieces that orders hold stay`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { add: { type: 'string' }, remove: { type: 'string' } },
    })
    const [productId, more] = positionals
    if (productId === undefined || more !== undefined)
      throw new CommandError('usage', 'Name one product by its id.')
    const pieces = parsePieces(values)
    const free = await withDatabase(readEnvironment(environment, readDatabase), (db) =>
      inTransaction(db, async (trx) => {
        const left = await adjustStock(trx, productId, pieces)
        if (left === undefined) return undefined
        const detail = { pieces, free: left }
        await recordAction(trx, { actor: commandActor(), action: 'stock.change', subject: productId, detail })
        return left
      }),
    )
    if (free === undefined)
      throw new CommandError('data', `The product ${productId} does not exist or has fewer free pieces.`)
    print(`${productId} has ${free} free\n`)
    return 'success'
  },
}

function parsePieces({ add, remove }: { add?: string | undefined; remove?: string | undefined }): number {
  const given = add ?? remove ?? ''
  const pieces = Number(given)
  if (
    (add === undefined) === (remove === undefined) ||
    !/^\d{1,7}$/.test(given) ||
    pieces < 1 ||
    pieces > PIECES_MAX
  )
    throw new CommandError('usage', `Give --add or --remove a number from 1 to ${PIECES_MAX}.`)
  return add === undefined ? -pieces : pieces
}
