import { randomBytes } from 'node:crypto'
import { hashToken } from '@tael/server/hash-token'
import { freePort } from '@tael/stack'
import { Client } from 'pg'
import { type Bout, measureInTurn, rateRatio, type Rounds, tableOf } from '../load/measure.ts'
import type { LoadRequest } from '../load/load.ts'
import type { Laboratory, Subject } from '../machine/laboratory.ts'
import { atLeast, type Goal, times } from '../results/goals.ts'
import type { Figures } from '../results/report.ts'
import { startFilled } from './growth.ts'

const FEW = 10_000
/** A list of a large shop may take so much longer than that of a small one. */
const SLOWER_MAX = 1.5
/** A key may send 600 requests a minute. */
const KEYS = 500
/** How many orders, from anywhere in the shop's history, a page begins after. */
const PAGES = 1_000

/** An order of the past, from which a page of a list begins. */
interface Past {
  readonly orderId: string
  readonly paymentId: string
  readonly webhookId: number
}

/** What operators ask for, each from any place of its list. */
const asked: Readonly<Record<string, (past: Past) => string>> = {
  'GET /ops/orders': ({ orderId }) => `/ops/orders?before=${orderId}`,
  'GET /ops/orders?status=': ({ orderId }) => `/ops/orders?status=paid&before=${orderId}`,
  'GET /ops/payments?status=': ({ paymentId }) => `/ops/payments?status=authorised&before=${paymentId}`,
  'GET /ops/webhooks?state=': ({ webhookId }) => `/ops/webhooks?state=applied&before=${webhookId}`,
  'GET /ops/shipments': ({ orderId }) => `/ops/shipments?state=waiting&after=${orderId}`,
  'GET /ops/audit': () => '/ops/audit?action=orders.list',
  'GET /ops/search': ({ paymentId }) => `/ops/search?q=${paymentId}`,
  'GET /ops/orders/:id': ({ orderId }) => `/ops/orders/${orderId}`,
}

/** The lists of operators in a small shop and in a large one. */
export async function measureLists(laboratory: Laboratory): Promise<Figures> {
  const { connections, seconds, payments } = laboratory.options
  const [small, large] = [`${FEW} payments`, `${payments} payments`]
  const shops = [await open(laboratory, small, FEW), await open(laboratory, large, payments)]
  const measured = new Map<string, Rounds>()
  for (const [name, pathOf] of Object.entries(asked)) {
    const bouts = shops.map((shop) => asking(shop, pathOf))
    measured.set(name, await measureInTurn(laboratory, { connections, seconds }, bouts))
  }
  for (const { subject } of shops) await subject.stop()
  return {
    how: 'Pages of 50 from anywhere in the history, with this many payments of the last ten months.',
    tables: [...measured].map(([name, rounds]) => tableOf(rounds, name)),
    goals: [...measured].map(([name, rounds]): Goal =>
      atLeast(
        `${name}: at least 1 / ${SLOWER_MAX} of the requests/s`,
        1 / SLOWER_MAX,
        rateRatio(rounds, large, small),
        times,
      ),
    ),
  }
}

/** A shop whose operators' listener is measured, with keys and places in its history. */
interface OpenShop {
  readonly subject: Subject
  readonly keys: readonly string[]
  readonly past: readonly Past[]
}

async function open(laboratory: Laboratory, name: string, count: number): Promise<OpenShop> {
  const port = String(await freePort())
  const subject = await startFilled(laboratory, name, count, { OPERATOR_PORT: port })
  const programs = subject.programs.map((program) => ({ ...program, url: `http://127.0.0.1:${port}` }))
  const client = new Client({ connectionString: subject.shop.databaseUrl })
  await client.connect()
  try {
    const keys = await insertKeys(client)
    return { subject: { ...subject, programs }, keys, past: await findPast(client) }
  } finally {
    await client.end()
  }
}

async function insertKeys(client: Client): Promise<readonly string[]> {
  const keys = Array.from({ length: KEYS }, () => `tael_${randomBytes(32).toString('base64url')}`)
  await client.query(
    `insert into operator_keys (id, name, key_hash, scopes)
     select 'opk_' || md5(hash), 'bench', hash, '{payments:read,audit:read}' from unnest($1::bytea[]) as hash`,
    [keys.map(hashToken)],
  )
  return keys
}

async function findPast(client: Client): Promise<readonly Past[]> {
  const { rows } = await client.query<Past>(
    `select order_id as "orderId", payments.id as "paymentId", webhook_items.id::int as "webhookId"
     from payments join webhook_items on merchant_reference = payments.id order by random() limit $1`,
    [PAGES],
  )
  return rows
}

function asking({ subject, keys, past }: OpenShop, pathOf: (past: Past) => string): Bout {
  return {
    name: subject.name,
    subject,
    status: 200,
    prepare: async (count) => Array.from({ length: count }, (_, place) => requestAt(place)),
  }

  function requestAt(place: number): LoadRequest {
    const [of, owner] = [past[place % past.length], place % keys.length]
    if (of === undefined) throw new Error('The shop has no past.')
    const headers = {
      authorization: `Bearer ${keys[owner] ?? ''}`,
      // The first request of a key counts as one of its address.
      'x-forwarded-for': `10.1.${Math.floor(owner / 250)}.${owner % 250}`,
    }
    return { method: 'GET', path: pathOf(of), headers }
  }
}
