import { parseArgs } from 'node:util'
import { EraseShopper } from '@tael/contracts'
import { commandActor } from '../audit/record-action.ts'
import { checkOptions } from '../cli/body.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { type Environment, readDatabase, readEnvironment, readPersonalData } from '../config.ts'
import { inSnapshot } from '../db/transaction.ts'
import { checkOpenidKeys } from '../openids/move.ts'
import { Openids } from '../openids/openids.ts'
import { checkConfirmation, eraseShopper } from './erase.ts'
import { exportShopper } from './export.ts'
import { findObstacles } from './obstacles.ts'
import { readShopper, resolveShopper } from './shoppers.ts'

const shopperOption = `  <shopper>   the id of a shopper, as the record of an order has it, or the SHA-256 of their openid in hex`

export const exportShopperCommand: Command = {
  name: 'export-shopper',
  summary: 'write what is stored about a shopper as JSON, for their request',
  usage: `<shopper>

${shopperOption}`,

  async run(args, { environment, print }) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
    const { database, openids } = readSettings(environment)
    const exported = await withDatabase(database, async (db) => {
      await checkOpenidKeys(db, openids)
      const shopperId = await resolveShopper(db, openids, onlyShopper(positionals))
      const action = { actor: commandActor(), action: 'shopper.export', subject: shopperId }
      return exportShopper({ db, openids }, action, shopperId)
    })
    print(`${JSON.stringify(exported, undefined, 2)}\n`)
    return 'success'
  },
}

export const eraseShopperCommand: Command = {
  name: 'erase-shopper',
  summary: 'erase what identifies a shopper, and keep the records of money',
  usage: `<shopper> [--confirm <id> --note <text>]

${shopperOption}
  --confirm   the id of the shopper: without it nothing is erased, and the command prints whom it would erase
  --note      why, for the audit, up to 200 characters, such as the number of the request. Without their name

It cannot be undone, and it is refused while an order or money of theirs is undecided. Run it again where it was
interrupted. The exit code is 1 where nothing is erased.`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { confirm: { type: 'string' }, note: { type: 'string' } },
    })
    const { database, openids } = readSettings(environment)
    const named = onlyShopper(positionals)
    return withDatabase(database, async (db) => {
      await checkOpenidKeys(db, openids)
      const shopperId = await resolveShopper(db, openids, named)
      if (values.confirm === undefined) {
        print(
          await inSnapshot(db, async (trx) => {
            await readShopper(trx, shopperId)
            const { orders } = await trx
              .selectFrom('orders')
              .select((eb) => eb.fn.countAll<number>().as('orders'))
              .where('shopper_id', '=', shopperId)
              .executeTakeFirstOrThrow()
            const obstacles = await findObstacles(trx, shopperId)
            const next =
              obstacles.length > 0
                ? obstacles.join('\n')
                : `To erase them: erase-shopper ${shopperId} --confirm ${shopperId} --note <why>`
            return `${shopperId} has ${orders} orders.\n${next}\n`
          }),
        )
        return 'differences'
      }
      const { confirm, note } = checkOptions(EraseShopper, values)
      checkConfirmation(shopperId, confirm)
      const action = { actor: commandActor(), action: 'shopper.erase', subject: shopperId }
      const erased = await eraseShopper({ db, openids }, action, shopperId, note)
      print(`${shopperId} is erased, with what ${erased.orders} orders held about them\n`)
      return 'success'
    })
  },
}

function readSettings(environment: Environment) {
  return readEnvironment(environment, (read) => ({
    database: readDatabase(read),
    openids: new Openids(readPersonalData(read)),
  }))
}

function onlyShopper([named, more]: readonly string[]): string {
  if (named === undefined || more !== undefined)
    throw new CommandError('usage', 'Name one shopper by their id, or by the SHA-256 of their openid.')
  return named
}
