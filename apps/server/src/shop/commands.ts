import { parseArgs } from 'node:util'
import { goods } from '@tael/miniprogram/goods'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { readCurrency, readDatabase, readParts } from '../config.ts'
import { describeAmount } from '../db/amount.ts'
import { adjustStock } from '../ledger/stock.ts'
import { catalogueProblems, putGoods } from './catalogue.ts'

/** Of one change of a product's stock. */
const PIECES_MAX = 1_000_000

export const putGoodsCommand: Command = {
  name: 'put-goods',
  summary: 'puts the goods of the merchant on sale, at their prices',
  usage: `

Names, prices and order are then those of apps/miniprogram/src/merchant/goods.ts, as this program was built with it. Goods
that are new get the stock that stands there; the others keep theirs. Goods that are not there are no longer sold; orders
of them stay.`,

  async run(args, { environment, print }) {
    parseArgs({ args: [...args], options: {} })
    const { database, currency } = readParts(environment, (read) => ({
      database: readDatabase(read),
      currency: readCurrency(read),
    }))
    const problems = catalogueProblems(goods, currency)
    if (problems.length > 0)
      throw new CommandError(
        'data',
        `The goods cannot be sold:\n${problems.map((one) => `- ${one}`).join('\n')}`,
      )
    const { added, withdrawn, repriced } = await withDatabase(database, (db) =>
      db.transaction().execute(async (trx) => {
        const change = await putGoods(trx, goods)
        await recordAction(trx, { actor: commandActor(), action: 'goods.put', detail: { ...change } })
        return change
      }),
    )
    for (const id of added) print(`${id} is new\n`)
    for (const { id, currency: of, from, to } of repriced)
      print(
        `${id} costs ${describeAmount({ currency: of, value: to })}, before ${describeAmount({ currency: of, value: from })}\n`,
      )
    for (const id of withdrawn) print(`${id} is no longer sold\n`)
    print(`${goods.length} goods are on sale\n`)
    return 'fine'
  },
}

export const stockCommand: Command = {
  name: 'stock',
  summary: 'brings pieces of a product into stock, or takes them out',
  usage: `<product> --add <pieces> | --remove <pieces>

  <product>   its id
  --add       pieces that came in
  --remove    free pieces that are gone for good; what orders hold stays`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { add: { type: 'string' }, remove: { type: 'string' } },
    })
    const [productId, more] = positionals
    if (productId === undefined || more !== undefined)
      throw new CommandError('usage', 'Which product? Name one id.')
    const pieces = piecesOf(values)
    const free = await withDatabase(readParts(environment, readDatabase), (db) =>
      db.transaction().execute(async (trx) => {
        const left = await adjustStock(trx, productId, pieces)
        if (left === undefined) return undefined
        const detail = { pieces, free: left }
        await recordAction(trx, { actor: commandActor(), action: 'stock.change', subject: productId, detail })
        return left
      }),
    )
    if (free === undefined)
      throw new CommandError('data', `There is no product ${productId}, or it has fewer free pieces.`)
    print(`${productId} has ${free} free\n`)
    return 'fine'
  },
}

function piecesOf({ add, remove }: { add?: string | undefined; remove?: string | undefined }): number {
  const given = add ?? remove ?? ''
  const pieces = Number(given)
  if (
    (add === undefined) === (remove === undefined) ||
    !/^\d{1,7}$/.test(given) ||
    pieces < 1 ||
    pieces > PIECES_MAX
  )
    throw new CommandError('usage', `How many pieces? --add or --remove, from 1 to ${PIECES_MAX}.`)
  return add === undefined ? -pieces : pieces
}
