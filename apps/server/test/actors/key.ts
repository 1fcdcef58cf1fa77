import { randomBytes, randomUUID } from 'node:crypto'
import type { OperatorScope } from '@tael/contracts'
import { Client } from 'pg'

/** Makes the row that the command create-operator-key makes, without a process for it. Returns the key. */
export async function createKey(databaseUrl: string, scopes: readonly OperatorScope[]): Promise<string> {
  const key = `tael_${randomBytes(32).toString('base64url')}`
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(
    'insert into operator_keys (id, name, key_hash, scopes) values ($1, $2, sha256($3), $4)',
    [`opk_${randomUUID()}`, 'Olga', Buffer.from(key), [...scopes]],
  )
  await client.end()
  return key
}
