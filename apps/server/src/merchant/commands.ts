import { parseArgs } from 'node:util'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withJobQueue } from '../cli/database.ts'
import { parseTime } from '../cli/time.ts'
import { readDatabase, readEnvironment } from '../config.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { resetDelivery } from './delivery-store.ts'

const BATCH_SIZE = 200

export const resendEventsCommand: Command = {
  name: 'resend-events',
  summary: "deliver events to the merchant's backend again",
  usage: `<id>... | --failed | --from <time> [--to <time>]

  <id>           events by their ids
  --failed       the events that were not accepted for three days
  --from, --to   the events of this period, such as 2026-06-01T00:00:00+08:00

The servers deliver them, accepted before or not, and try for three days.`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { failed: { type: 'boolean' }, from: { type: 'string' }, to: { type: 'string' } },
    })
    const from = parseTime('--from', values.from)
    const to = parseTime('--to', values.to)
    const choices = [positionals.length > 0, values.failed === true, from !== undefined]
    if (choices.filter(Boolean).length !== 1 || (to !== undefined && from === undefined))
      throw new CommandError('usage', 'Name the events: their ids, --failed, or --from and --to.')
    const count = await withJobQueue(readEnvironment(environment, readDatabase), async ({ db, jobs }) => {
      const ids = await findEvents(db, { ids: positionals, from, to })
      await recordAction(db, {
        actor: commandActor(),
        action: 'events.resend',
        detail: { ...values, ids: positionals },
      })
      for (let start = 0; start < ids.length; start += BATCH_SIZE) {
        await inTransaction(db, async (trx) => {
          for (const eventId of ids.slice(start, start + BATCH_SIZE)) {
            await resetDelivery(trx, eventId)
            await jobs.send(trx, 'deliver-event', { eventId, tries: 0 })
          }
        })
      }
      return ids.length
    })
    print(`${count} events are delivered again\n`)
    return 'success'
  },
}

interface Choice {
  readonly ids: readonly string[]
  readonly from: Date | undefined
  readonly to: Date | undefined
}

/** The ids of the chosen events, oldest first: these, those since a time, or those that failed. */
async function findEvents(db: Db, { ids, from, to }: Choice): Promise<string[]> {
  const events = db.selectFrom('merchant_events').select('id').orderBy('number')
  if (ids.length > 0) {
    const found = (await events.where('id', 'in', ids).execute()).map(({ id }) => id)
    const missing = ids.filter((id) => !found.includes(id))
    if (missing.length > 0) throw new CommandError('data', `There is no event ${missing.join(', ')}.`)
    return found
  }
  const chosen =
    from === undefined
      ? events.innerJoin('merchant_deliveries', 'event_id', 'id').where('failed_at', 'is not', null)
      : events.where('at', '>=', from).$if(to !== undefined, (query) => query.where('at', '<', to ?? from))
  return (await chosen.execute()).map(({ id }) => id)
}
