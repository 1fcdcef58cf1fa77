import { parseArgs } from 'node:util'
import {
  AssignAttention,
  type AttentionItem,
  AttentionQuery,
  formatAmount,
  HandleAttention,
  NoteAttention,
} from '@tael/contracts'
import { commandActor, commandOperator, recordAction } from '../audit/record-action.ts'
import { checkOptions } from '../cli/body.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { readDatabase, readEnvironment } from '../config.ts'
import { assignAttention } from './assign.ts'
import { handleAttention } from './handle.ts'
import { listAttention } from './list.ts'
import { noteAttention } from './note.ts'

export const attentionCommand: Command = {
  name: 'attention',
  summary: 'list what needs attention, gravest first',
  usage: `[--kind <kind>] [--shopper <id>] [--after <cursor>] [--json]

  --kind      one kind, such as refund_failed
  --shopper   each item of one shopper, whose items of a kind are otherwise listed as one
  --after     the cursor that ends the page before
  --json      JSON, as GET /ops/attention answers it

The exit code is 1 where something is listed.`,

  async run(args, { environment, print }) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        kind: { type: 'string' },
        shopper: { type: 'string' },
        after: { type: 'string' },
        json: { type: 'boolean' },
      },
    })
    const { kind, shopper: shopperId, after } = values
    const query = checkOptions(AttentionQuery, { kind, shopperId, after })
    const list = await withDatabase(readEnvironment(environment, readDatabase), async (db) => {
      await recordAction(db, { actor: commandActor(), action: 'attention.read' })
      return listAttention(db, query)
    })
    if (values.json === true) print(`${JSON.stringify(list, undefined, 2)}\n`)
    else {
      for (const item of list.items) print(describeItem(item))
      const total = (counts: typeof list.counts): number =>
        Object.values(counts).reduce((sum, count) => sum + count, 0)
      print(`${total(list.counts)} need attention, ${total(list.overdue)} overdue\n`)
      if (list.next !== null) print(`more: --after ${list.next}\n`)
    }
    return list.items.length === 0 ? 'success' : 'differences'
  },
}

function describeItem(item: AttentionItem): string {
  const { kind, subject, since, dueAt, amount, owner, notes, reason, others } = item
  const parts = [
    `${kind} ${subject} since ${since}, due ${dueAt}`,
    ...(amount === null ? [] : [formatAmount(amount)]),
    ...(owner === null ? [] : [`taken by ${owner.name}`]),
    ...(others === 0 ? [] : [`stands for ${others} more`]),
  ]
  const lines = [reason, ...notes.map(({ at, by, note }) => `${at} ${by.name}: ${note}`)]
  return `${parts.join(', ')}\n${lines.map((line) => `  ${line}\n`).join('')}`
}

const itemUsage = `  <kind>, <subject>, --since   the item, as attention lists it: where it has changed since, nothing is done`

function parseItem(positionals: readonly string[], since: string | undefined) {
  const [kind, subject, more] = positionals
  if (kind === undefined || subject === undefined || more !== undefined || since === undefined)
    throw new CommandError('usage', 'Name one item by its kind, its subject and --since.')
  return { kind, subject, since }
}

export const handleAttentionCommand: Command = {
  name: 'handle-attention',
  summary: 'mark an item that needs attention as handled',
  usage: `<kind> <subject> --since <time> --note <text>

${itemUsage}
  --note   what was done, up to 500 characters`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { since: { type: 'string' }, note: { type: 'string' } },
    })
    const body = checkOptions(HandleAttention, { ...parseItem(positionals, values.since), note: values.note })
    const action = { actor: commandActor(), action: 'attention.handle' }
    await withDatabase(readEnvironment(environment, readDatabase), (db) => handleAttention(db, action, body))
    print(`${body.kind} ${body.subject} is handled\n`)
    return 'success'
  },
}

export const assignAttentionCommand: Command = {
  name: 'assign-attention',
  summary: 'take an item that needs attention, or release it',
  usage: `<kind> <subject> --since <time> [--release]

${itemUsage}
  --release   lets others take it`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { since: { type: 'string' }, release: { type: 'boolean' } },
    })
    const owner = values.release === true ? null : 'me'
    const body = checkOptions(AssignAttention, { ...parseItem(positionals, values.since), owner })
    const action = { actor: commandActor(), action: 'attention.assign' }
    await withDatabase(readEnvironment(environment, readDatabase), (db) =>
      assignAttention(db, action, commandOperator(), body),
    )
    print(`${body.kind} ${body.subject} is ${owner === null ? 'released' : 'yours'}\n`)
    return 'success'
  },
}

export const noteAttentionCommand: Command = {
  name: 'note-attention',
  summary: 'add a note to an item that needs attention, which stays open',
  usage: `<kind> <subject> --since <time> --note <text>

${itemUsage}
  --note   up to 500 characters`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { since: { type: 'string' }, note: { type: 'string' } },
    })
    const body = checkOptions(NoteAttention, { ...parseItem(positionals, values.since), note: values.note })
    const action = { actor: commandActor(), action: 'attention.note' }
    await withDatabase(readEnvironment(environment, readDatabase), (db) =>
      noteAttention(db, action, commandOperator(), body),
    )
    print(`${body.kind} ${body.subject} is noted\n`)
    return 'success'
  },
}
