import { parseArgs } from 'node:util'
import {
  type Amount,
  AuditQuery,
  formatAmount,
  OperatorRole,
  operatorRoles,
  OperatorScope,
  operatorScopes,
  scopesOfRole,
} from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { parseAmount } from '../cli/amount.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { describeOptions, readQuery } from '../cli/query.ts'
import { parseTime } from '../cli/time.ts'
import { readDatabase, readEnvironment } from '../config.ts'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { inTransaction } from '../db/transaction.ts'
import { listAudit } from './list-audit.ts'
import { LIMIT_RULE, mayBeLimited } from './refund-limit.ts'
import { createOperatorKey, listOperatorKeys, revokeOperatorKey, toRefundLimit } from './store.ts'

export const createOperatorKeyCommand: Command = {
  name: 'create-operator-key',
  summary: 'create a key for an operator, which is shown only once',
  usage: `--name <name> (--role <role> | --scope <scope> [--scope <scope>]) [--expires <time>] [--refund-limit <amount>]

  --name      the operator, as the audit names them
  --role      ${operatorRoles.join(' or ')}: all that such a person does in the console
  --scope     ${operatorScopes.join(' or ')}
  --expires   when the key ends, such as 2027-06-01T00:00:00+08:00; without it a key has no end
  --refund-limit  how much of one payment the key refunds by itself, such as "500.00 CNY"; a second
              operator has to confirm more, and any refund in another currency. Without it there is no limit`,

  async run(args, { environment, print }) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        name: { type: 'string' },
        role: { type: 'string' },
        scope: { type: 'string', multiple: true },
        expires: { type: 'string' },
        'refund-limit': { type: 'string' },
      },
    })
    const { name = '', role, scope = [] } = values
    const expiresAt = parseTime('--expires', values.expires) ?? null
    if (name.trim() === '') throw new CommandError('usage', 'Name the operator: --name is missing.')
    const allowed = readScopes(role, scope)
    const refundLimit = parseRefundLimit(values['refund-limit'], allowed)
    const created = await withDatabase(readEnvironment(environment, readDatabase), (db) =>
      inTransaction(db, async (trx) => {
        const key = await createOperatorKey(trx, name.trim(), allowed, expiresAt, refundLimit)
        if (key === undefined) throw new CommandError('usage', '--expires must be a time to come.')
        const detail = { name: name.trim(), scopes: allowed, expiresAt, refundLimit }
        await recordAction(trx, { actor: commandActor(), action: 'key.create', subject: key.id, detail })
        return key
      }),
    )
    print(`${created.id}\n${created.key}\n\nStore the key now: it cannot be shown again.\n`)
    return 'success'
  },
}

/** The scopes of a new key: those of a role, or those that are named. */
function readScopes(role: string | undefined, named: readonly string[]): readonly OperatorScope[] {
  if (role !== undefined) {
    if (named.length > 0) throw new CommandError('usage', 'Give the key a role or scopes, not both.')
    if (Check(OperatorRole, role)) return scopesOfRole[role]
    throw new CommandError('usage', `--role must be ${operatorRoles.join(' or ')}, not ${role}.`)
  }
  const scopes = [...new Set(named)].map((one) => {
    if (Check(OperatorScope, one)) return one
    throw new CommandError('usage', `--scope must be ${operatorScopes.join(' or ')}, not ${one}.`)
  })
  if (scopes.length === 0)
    throw new CommandError('usage', 'Give the key a scope: --scope and --role are missing.')
  return scopes
}

function parseRefundLimit(text: string | undefined, allowed: readonly OperatorScope[]): Amount | null {
  if (text === undefined) return null
  if (!mayBeLimited(allowed)) throw new CommandError('usage', `--refund-limit is invalid. ${LIMIT_RULE}`)
  return parseAmount('--refund-limit', text)
}

export const revokeOperatorKeyCommand: Command = {
  name: 'revoke-operator-key',
  summary: 'revoke a key immediately',
  usage: `<id>

  <id>   the id that create-operator-key and list-operator-keys show`,

  async run(args, { environment, print }) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
    const [id, more] = positionals
    if (id === undefined || more !== undefined) throw new CommandError('usage', 'Name one key by its id.')
    const revoked = await withDatabase(readEnvironment(environment, readDatabase), (db) =>
      inTransaction(db, async (trx) => {
        const done = await revokeOperatorKey(trx, id)
        if (done) await recordAction(trx, { actor: commandActor(), action: 'key.revoke', subject: id })
        return done
      }),
    )
    if (!revoked) throw new CommandError('data', `The key ${id} does not exist or was revoked before.`)
    print(`${id} is revoked\n`)
    return 'success'
  },
}

export const listOperatorKeysCommand: Command = {
  name: 'list-operator-keys',
  summary: 'list the keys of operators, without their secrets',
  usage: '',

  async run(args, { environment, print }) {
    parseArgs({ args: [...args], options: {} })
    const keys = await withDatabase(readEnvironment(environment, readDatabase), listOperatorKeys)
    for (const { id, name, scopes: allowed, created_at, ...ends } of keys) {
      const end = describeEnd(ends)
      const limit = toRefundLimit(ends)
      const refunds = limit === null ? '' : `  refunds up to ${formatAmount(limit)}`
      print(`${id}  ${created_at.toISOString()}  ${end}  ${allowed.join(',')}  ${name}${refunds}\n`)
    }
    return 'success'
  },
}

interface Ends {
  readonly revoked_at: Date | null
  readonly expires_at: Date | null
  readonly is_expired: unknown
}

function describeEnd({ revoked_at, expires_at, is_expired }: Ends): string {
  if (revoked_at !== null) return `revoked ${revoked_at.toISOString()}`
  if (expires_at === null) return 'valid'
  return `${is_expired === true ? 'expired' : 'valid until'} ${expires_at.toISOString()}`
}

export const auditCommand: Command = {
  name: 'audit',
  summary: 'list what operators, merchants and commands did, newest first',
  usage: `${describeOptions(AuditQuery)} [--json]

  --before   the last number of the page before
  --json     JSON, as GET /ops/audit answers it`,

  async run(args, { environment, print }) {
    const { query, json } = readQuery(args, AuditQuery)
    const records = await withDatabase(readEnvironment(environment, readDatabase), async (db) => {
      await recordAction(db, { actor: commandActor(), action: 'audit.list', detail: query })
      return listAudit(db, query)
    })
    if (json) print(`${JSON.stringify(records, undefined, 2)}\n`)
    else {
      for (const { id, at, actor, actorName, action, subject } of records.actions)
        print(`${id}  ${at}  ${actorName ?? actor}  ${action}  ${subject ?? ''}`.trimEnd().concat('\n'))
      if (records.next !== null) print(`older: --before ${records.next}\n`)
    }
    return 'success'
  },
}
