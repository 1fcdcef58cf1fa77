import { formatAmount, type Overview, type OverviewMoney, OverviewQuery } from '@tael/contracts'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { describeOptions, readQuery } from '../cli/query.ts'
import { readDatabase, readEnvironment } from '../config.ts'
import { HttpProblem } from '../http/problem.ts'
import { readOverview } from './read-overview.ts'

export const overviewCommand: Command = {
  name: 'overview',
  summary: 'print the sales by hour or day, and what waits',
  usage: `${describeOptions(OverviewQuery)} [--json]

  --interval   hour or day
  --offset     the shop's minutes ahead of UTC: 480, which is China's, without it
  --json       JSON, as GET /ops/overview answers it`,

  async run(args, { environment, print }) {
    const { query, json } = readQuery(args, OverviewQuery)
    const overview = await withDatabase(readEnvironment(environment, readDatabase), async (db) => {
      await recordAction(db, { actor: commandActor(), action: 'overview.read', detail: query })
      return readOverview(db, query)
    }).catch((error: unknown) => {
      // The period is empty or too long.
      if (error instanceof HttpProblem) throw new CommandError('usage', error.message)
      throw error
    })
    print(json ? `${JSON.stringify(overview, undefined, 2)}\n` : describe(overview))
    return 'success'
  },
}

function describe({ buckets, stuck, oldest, attention, webhooks, jobs }: Overview): string {
  const waiting = Object.entries(attention).filter(([, count]) => count > 0)
  const lines = [
    ...buckets.map(
      ({ from, steps: { orders, started, cashier, paid }, money }) =>
        `${from}  ${orders} orders, ${started} started, ${cashier} at the cashier, ${paid} paid${money.map(describeMoney).join('')}`,
    ),
    ...stuck.payments.map(({ id, status, createdAt }) => `stuck  ${id}  ${status} since ${createdAt}`),
    ...(oldest.unappliedWebhook === null ? [] : [`webhook not applied since ${oldest.unappliedWebhook}`]),
    ...(webhooks.newest === null ? [] : [`newest webhook ${webhooks.newest}`]),
    ...jobs.map(({ name, waiting: count, since }) => `job  ${name}  ${count} waiting since ${since}`),
    ...waiting.map(([kind, count]) => `attention  ${kind}  ${count}`),
  ]
  return `${lines.join('\n')}\n`
}

function describeMoney({ currency, paid, refused, refunded }: OverviewMoney): string {
  const moved = Object.entries({ paid, refused, refunded })
    .filter(([, { count }]) => count > 0)
    .map(([what, { count, value }]) => `${what} ${count} ${formatAmount({ currency, value })}`)
  return `; ${moved.join(', ')}`
}
