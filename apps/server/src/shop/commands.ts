import { parseArgs } from 'node:util'
import { type Amount, formatAmount, STOCK_CHANGE_MAX, VALUE_MAX } from '@tael/contracts'
import { goods } from '@tael/miniprogram/goods'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { readCurrency, readDatabase, readEnvironment } from '../config.ts'
import { describeAmount } from '../db/amount.ts'
import { inTransaction } from '../db/transaction.ts'
import { findCatalogueProblems, putGoods } from './catalogue.ts'
import { changePrice } from './change-price.ts'
import { changeStock } from './change-stock.ts'
import { findProductRecord, listProductRecords } from './records.ts'

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
  usage: `<product> --add <pieces> | --remove <pieces> [--reason <text>]

  <product>   the id of the product
  --add       how many pieces came in
  --remove    how many free pieces are gone; pieces that orders hold stay
  --reason    why, for the audit`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { add: { type: 'string' }, remove: { type: 'string' }, reason: { type: 'string' } },
    })
    const [productId, more] = positionals
    if (productId === undefined || more !== undefined)
      throw new CommandError('usage', 'Name one product by its id.')
    const change = { pieces: parsePieces(values), ...reasonOf(values) }
    const free = await withDatabase(readEnvironment(environment, readDatabase), (db) =>
      inTransaction(db, (trx) => changeStock(trx, { actor: commandActor() }, productId, change)),
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
    pieces > STOCK_CHANGE_MAX
  )
    throw new CommandError('usage', `Give --add or --remove a number from 1 to ${STOCK_CHANGE_MAX}.`)
  return add === undefined ? -pieces : pieces
}

export const productsCommand: Command = {
  name: 'products',
  summary: 'list every product with its price and stock',
  usage: '',

  async run(args, { environment, print }) {
    parseArgs({ args: [...args], options: {} })
    const { database, currency } = readEnvironment(environment, (read) => ({
      database: readDatabase(read),
      currency: readCurrency(read),
    }))
    const products = await withDatabase(database, async (db) => {
      await recordAction(db, { actor: commandActor(), action: 'products.list' })
      return listProductRecords(db, currency)
    })
    for (const { id, price, stock, name } of products) {
      const { free, reserved, sold } = stock
      print(`${id}  ${describePrice(price)}  free ${free}, reserved ${reserved}, sold ${sold}  ${name.en}\n`)
    }
    return 'success'
  },
}

export const priceCommand: Command = {
  name: 'price',
  summary: 'put a product on sale at a price, or take it off sale',
  usage: `<product> --value <minor units> | --withdraw [--reason <text>]

  <product>    the id of the product
  --value      the price in minor units of the shop's currency, such as 4500 for ¥45.00
  --withdraw   it is no longer on sale
  --reason     why, for the audit

Orders keep the price they were made with. put-goods sets the prices of the merchant's folder again.`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { value: { type: 'string' }, withdraw: { type: 'boolean' }, reason: { type: 'string' } },
    })
    const [productId, more] = positionals
    if (productId === undefined || more !== undefined)
      throw new CommandError('usage', 'Name one product by its id.')
    const value = parsePrice(values)
    const { database, currency } = readEnvironment(environment, (read) => ({
      database: readDatabase(read),
      currency: readCurrency(read),
    }))
    const price = value === null ? null : { currency, value }
    const change = await withDatabase(database, (db) =>
      inTransaction(db, async (trx) => {
        const seen = (await findProductRecord(trx, productId, currency))?.price ?? null
        const wanted = { price, seen, ...reasonOf(values) }
        return changePrice(trx, { actor: commandActor() }, productId, currency, wanted)
      }),
    )
    if (change === undefined) throw new CommandError('data', `The product ${productId} does not exist.`)
    if (!change.changed)
      throw new CommandError('data', `Another operator changed the price of ${productId}: look at it again.`)
    print(`${productId}: ${describePrice(change.product.price)}\n`)
    return 'success'
  },
}

/** The price in minor units; null takes the product off sale. */
function parsePrice({
  value = '',
  withdraw = false,
}: {
  value?: string | undefined
  withdraw?: boolean | undefined
}): number | null {
  if (withdraw && value === '') return null
  const price = Number(value)
  if (withdraw || !/^\d{1,11}$/.test(value) || price < 1)
    throw new CommandError('usage', `Give --value a number from 1 to ${VALUE_MAX}, or --withdraw.`)
  return price
}

const describePrice = (price: Amount | null): string => (price === null ? 'not on sale' : formatAmount(price))

function reasonOf({ reason }: { reason?: string | undefined }): { readonly reason?: string } {
  return reason === undefined ? {} : { reason }
}
