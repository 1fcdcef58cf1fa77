import { randomBytes, randomUUID } from 'node:crypto'
import type { Amount, OperatorScope } from '@tael/contracts'
import { Client } from 'pg'

/** Whose key it is, and what they may refund of one payment by themselves. */
export interface KeyOptions {
  readonly name?: string
  readonly refundLimit?: Amount
}

/** Makes the row that the command create-operator-key makes, without a process for it. Returns the key. */
export async function createKey(
  databaseUrl: string,
  scopes: readonly OperatorScope[],
  { name = 'Olga', refundLimit }: KeyOptions = {},
): Promise<string> {
  const key = `tael_${randomBytes(32).toString('base64url')}`
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(
    `insert into operator_keys (id, name, key_hash, scopes, refund_limit_currency, refund_limit_value)
     values ($1, $2, sha256($3), $4, $5, $6)`,
    [
      `opk_${randomUUID()}`,
      name,
      Buffer.from(key),
      [...scopes],
      refundLimit?.currency ?? null,
      refundLimit?.value ?? null,
    ],
  )
  await client.end()
  return key
}
