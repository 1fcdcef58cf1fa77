import { parseArgs } from 'node:util'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withJobQueue } from '../cli/database.ts'
import { parseTime } from '../cli/time.ts'
import {
  readDatabase,
  readMerchantAccount,
  readEnvironment,
  readReports,
  readTransactionIdField,
} from '../config.ts'
import type { Db } from '../db/database.ts'
import type { WebhookState } from '../db/tables.ts'
import { createLog } from '../http/log.ts'
import type { Applied } from './apply-item.ts'
import { type InboxContext, replayItem } from './inbox.ts'

const BATCH_SIZE = 500

export const replayCommand: Command = {
  name: 'replay',
  summary: 'apply stored webhook items again: adds what is missing and changes nothing else',
  usage: `--id <number> | --from <time> [--to <time>] | --all

  --id           one item, by its id in webhook_items
  --from, --to   the items of this period, by Adyen's date, such as 2026-06-01T00:00:00+08:00
  --all          every item

Items are applied in the order of their dates. The exit code is 1 where an item still needs attention.`,

  async run(args, { environment, print }) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        id: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        all: { type: 'boolean' },
      },
    })
    const choice = parseChoice(values)
    const { database, ...adyen } = readEnvironment(environment, (read) => ({
      database: readDatabase(read),
      merchantAccount: readMerchantAccount(read),
      transactionIdField: readTransactionIdField(read),
      reports: readReports(read, read.is('ADYEN_ENVIRONMENT', 'live')),
    }))
    return withJobQueue(database, async ({ db, jobs }) => {
      // The command prints what the server would log.
      const log = createLog('silent')
      await recordAction(db, { actor: commandActor(), action: 'webhooks.replay', detail: { ...values } })
      const counts = await replayAll({ db, jobs, log, config: { adyen } }, choice, print)
      const states = [...counts].map(([state, count]) => `${count} ${state}`).toSorted()
      print(`${states.length === 0 ? 'no items' : states.join(', ')}\n`)
      return counts.has('attention') ? 'differences' : 'success'
    })
  },
}

/**
 * Replays the chosen items in turn, prints each that still needs attention, and counts the states.
 */
async function replayAll(
  inbox: InboxContext,
  choice: Choice,
  print: (text: string) => void,
): Promise<ReadonlyMap<WebhookState, number>> {
  const counts = new Map<WebhookState, number>()
  for await (const id of findItems(inbox.db, choice)) {
    const { state, attention } = await replayItem(inbox, id).catch((error: unknown): Applied => ({
      state: 'attention',
      attention: `not applied: ${error instanceof Error ? error.message : String(error)}`,
    }))
    if (attention !== undefined) print(`${id}: ${attention}\n`)
    counts.set(state, (counts.get(state) ?? 0) + 1)
  }
  return counts
}

type Choice =
  | { readonly kind: 'one'; readonly id: number }
  | { readonly kind: 'range'; readonly from: Date | undefined; readonly to: Date | undefined }

function parseChoice(values: {
  readonly id?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly all?: boolean | undefined
}): Choice {
  const { id, all = false } = values
  const from = parseTime('--from', values.from)
  const to = parseTime('--to', values.to)
  const ranged = from !== undefined || to !== undefined
  if ([id !== undefined, all, ranged].filter(Boolean).length !== 1) {
    throw new CommandError('usage', 'Name the items: --id, --from and --to, or --all.')
  }
  if (id === undefined) return { kind: 'range', from, to }
  if (!/^\d{1,15}$/.test(id)) throw new CommandError('usage', `--id must be a number: ${id}.`)
  return { kind: 'one', id: Number(id) }
}

/**
 * The ids of the chosen items in the order of their dates; items without a readable date come last.
 */
async function* findItems(db: Db, choice: Choice): AsyncGenerator<number> {
  if (choice.kind === 'one') {
    const found = await db
      .selectFrom('webhook_items')
      .select('id')
      .where('id', '=', choice.id)
      .executeTakeFirst()
    if (found === undefined) throw new CommandError('data', `The webhook item ${choice.id} does not exist.`)
    yield found.id
    return
  }
  const { from, to } = choice
  const dated = db
    .selectFrom('webhook_items')
    .select(['id', 'event_date'])
    .$if(from !== undefined, (query) => query.where('event_date', '>=', from ?? new Date(0)))
    .$if(to !== undefined, (query) => query.where('event_date', '<', to ?? new Date(0)))
    .orderBy('event_date')
    .orderBy('id')
    .limit(BATCH_SIZE)
  for (let after: { id: number; event_date: Date | null } | undefined; ;) {
    const last = after
    const page: { id: number; event_date: Date | null }[] = await dated
      .$if(last !== undefined, (query) =>
        query.where((eb) => {
          const date = last?.event_date ?? null
          const id = last?.id ?? 0
          return date === null
            ? eb.and([eb('event_date', 'is', null), eb('id', '>', id)])
            : eb.or([
                eb('event_date', '>', date),
                eb.and([eb('event_date', '=', date), eb('id', '>', id)]),
                eb('event_date', 'is', null),
              ])
        }),
      )
      .execute()
    for (const { id } of page) yield id
    after = page.at(-1)
    if (page.length < BATCH_SIZE) return
  }
}
