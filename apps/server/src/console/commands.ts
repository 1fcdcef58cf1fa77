import { parseArgs } from 'node:util'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { readDatabase, readEnvironment } from '../config.ts'
import { inTransaction } from '../db/transaction.ts'
import { endSessionsOf } from '../operators/sessions.ts'
import { findKeyById } from '../operators/store.ts'
import { createSignInLink } from './links.ts'
import { PAGE_PATH } from './page.ts'

export const createSignInLinkCommand: Command = {
  name: 'create-sign-in-link',
  summary: 'create a link that signs in to the console once; not in live mode',
  usage: `<key id>

  <key id>   the id that create-operator-key and list-operator-keys show

  Prints what to open behind the address of the operators' listener. It works once, within 12 hours,
  and only at a server in test mode: it is for demos.`,

  async run(args, { environment, print }) {
    const keyId = readId(args)
    const [config, live] = readEnvironment(environment, (read) => [
      readDatabase(read),
      read.is('ADYEN_ENVIRONMENT', 'live'),
    ])
    if (live) throw new CommandError('usage', 'Sign in with a key: a live server takes no links.')
    const secret = await withDatabase(config, (db) =>
      inTransaction(db, async (trx) => {
        const key = await findKeyById(trx, keyId)
        if (key === undefined || key.ended !== null)
          throw new CommandError('data', `The key ${keyId} does not exist or has ended.`)
        await recordAction(trx, { actor: commandActor(), action: 'link.create', subject: keyId })
        return createSignInLink(trx, keyId)
      }),
    )
    print(`${PAGE_PATH}#key=${secret}\n`)
    return 'success'
  },
}

export const endSessionsCommand: Command = {
  name: 'end-sessions',
  summary: "end an operator's sessions of the console",
  usage: `<id>

  <id>   the id of a key, or of a person (opi_…) as the audit names them

  The next request of each session is refused. Revoking a key does the same for its sessions; a person
  of an identity provider signs in again unless they lose their role there.`,

  async run(args, { environment, print }) {
    const id = readId(args)
    const ended = await withDatabase(readEnvironment(environment, readDatabase), (db) =>
      inTransaction(db, async (trx) => {
        const count = await endSessionsOf(trx, id)
        const detail = { sessions: count }
        await recordAction(trx, { actor: commandActor(), action: 'sessions.end', subject: id, detail })
        return count
      }),
    )
    print(`${ended} sessions of ${id} have ended\n`)
    return 'success'
  },
}

function readId(args: readonly string[]): string {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
  const [id, more] = positionals
  if (id === undefined || more !== undefined) throw new CommandError('usage', 'Name one id.')
  return id
}
