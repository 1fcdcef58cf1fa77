import { parseArgs } from 'node:util'
import { OperatorScope, operatorScopes } from '@tael/contracts'
import { Check } from '@sinclair/typebox/value'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { readDatabase, readParts } from '../config.ts'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { createOperatorKey, listOperatorKeys, revokeOperatorKey } from './keys.ts'

export const createOperatorKeyCommand: Command = {
  name: 'create-operator-key',
  summary: 'makes a key for an operator, and shows it this once',
  usage: `--name <name> --scope <scope> [--scope <scope>]

  --name    whose key it is, as the audit will say
  --scope   ${operatorScopes.join(' or ')}`,

  async run(args, { environment, print }) {
    const { values } = parseArgs({
      args: [...args],
      options: { name: { type: 'string' }, scope: { type: 'string', multiple: true } },
    })
    const { name = '', scope = [] } = values
    if (name.trim() === '') throw new CommandError('usage', 'Whose key is it? --name is missing.')
    const allowed = [...new Set(scope)].map((one) => {
      if (Check(OperatorScope, one)) return one
      throw new CommandError('usage', `There is no scope ${one}: ${operatorScopes.join(' or ')}.`)
    })
    if (allowed.length === 0) throw new CommandError('usage', 'What may it do? --scope is missing.')
    const made = await withDatabase(readParts(environment, readDatabase), (db) =>
      db.transaction().execute(async (trx) => {
        const created = await createOperatorKey(trx, name.trim(), allowed)
        const detail = { name: name.trim(), scopes: allowed }
        await recordAction(trx, { actor: commandActor(), action: 'key.create', subject: created.id, detail })
        return created
      }),
    )
    print(`${made.id}\n${made.key}\n\nKeep the key: only its hash is stored, so it cannot be shown again.\n`)
    return 'fine'
  },
}

export const revokeOperatorKeyCommand: Command = {
  name: 'revoke-operator-key',
  summary: 'ends a key at once',
  usage: `<id>

  <id>   as create-operator-key and list-operator-keys show it`,

  async run(args, { environment, print }) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
    const [id, more] = positionals
    if (id === undefined || more !== undefined) throw new CommandError('usage', 'Which key? Name one id.')
    const revoked = await withDatabase(readParts(environment, readDatabase), (db) =>
      db.transaction().execute(async (trx) => {
        const ended = await revokeOperatorKey(trx, id)
        if (ended) await recordAction(trx, { actor: commandActor(), action: 'key.revoke', subject: id })
        return ended
      }),
    )
    if (!revoked) throw new CommandError('data', `No key ${id} is valid.`)
    print(`${id} is no longer valid.\n`)
    return 'fine'
  },
}

export const listOperatorKeysCommand: Command = {
  name: 'list-operator-keys',
  summary: 'shows whose keys there are and what they allow, never the keys',
  usage: '',

  async run(args, { environment, print }) {
    parseArgs({ args: [...args], options: {} })
    const keys = await withDatabase(readParts(environment, readDatabase), listOperatorKeys)
    for (const { id, name, scopes: allowed, created_at, revoked_at } of keys) {
      const end = revoked_at === null ? 'valid' : `ended ${revoked_at.toISOString()}`
      print(`${id}  ${created_at.toISOString()}  ${end}  ${allowed.join(',')}  ${name}\n`)
    }
    return 'fine'
  },
}
