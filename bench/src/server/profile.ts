import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type LoadRequest, send } from '../load/load.ts'
import { orderOf, paymentOf, readOf, webhookOf } from '../load/requests.ts'
import type { Laboratory, Subject } from '../machine/laboratory.ts'
import type { StatementCost } from '../machine/postgres.ts'
import type { Figures, Table } from '../results/report.ts'
import { products, type Shop } from '../shop/shop.ts'

/** The statements and functions that are listed: the dearest. */
const LISTED = 12
const STATEMENT_LENGTH = 110
/** How many requests of each route are prepared for a second. */
const PER_SECOND_MAX = 3_000

interface Profiled {
  readonly route: string
  readonly status: number
  readonly prepare: (shop: Shop, count: number) => Promise<readonly LoadRequest[]>
}

const routes: readonly Profiled[] = [
  {
    route: 'POST /payments',
    status: 201,
    prepare: async (shop, count) => (await shop.openOrders(count)).map((order) => paymentOf(order)),
  },
  {
    route: 'POST /webhooks/adyen',
    status: 202,
    prepare: async (shop, count) => (await shop.startAttempts(count)).map((attempt) => webhookOf(attempt)),
  },
  {
    route: 'POST /orders',
    status: 201,
    prepare: async (shop, count) =>
      Array.from({ length: count }, (_, index) =>
        orderOf(shop.nextShopper(), products[index % products.length] ?? ''),
      ),
  },
  {
    route: 'GET /payments/:id',
    status: 200,
    prepare: async (shop, count) => (await shop.startAttempts(count)).map((attempt) => readOf(attempt)),
  },
]

/** Where Tael's time goes under load: by statement in PostgreSQL, by function in Node. */
export async function profile(laboratory: Laboratory): Promise<Figures> {
  const tables: Table[] = []
  for (const profiled of routes) tables.push(...(await profileRoute(laboratory, profiled)))
  return {
    how: `Tael under ${laboratory.options.connections} connections. Of statements: how often for each request, the ms of each request that PostgreSQL plans and runs it, waits for locks and disk included, and the bytes of its log. Of functions: their own part of Node's busy time, waits for a core included.`,
    tables,
    goals: [],
  }
}

async function profileRoute(laboratory: Laboratory, { route, status, prepare }: Profiled): Promise<Table[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-bench-profile-'))
  const { connections, seconds } = laboratory.options
  try {
    const tael = await laboratory.startTael('Tael', 1, {
      NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}`,
    })
    const requests = await prepare(tael.shop, 2 * seconds * PER_SECOND_MAX)
    await tael.shop.settle()
    const load = { urls: urlsOf(tael), connections, seconds, status }
    // Connections are opened and statements prepared before they count.
    const { count: before } = await send({ ...load, requests })
    let answered = 0
    const costs = await laboratory.postgres.countStatements(tael.database, async () => {
      answered = (await send({ ...load, requests: requests.slice(before) })).count
    })
    await tael.stop()
    return [statementTable(route, costs, answered), await functionTable(route, folder)]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const urlsOf = ({ programs }: Subject): readonly string[] => programs.map(({ url }) => url)

function statementTable(route: string, costs: readonly StatementCost[], answered: number): Table {
  return {
    columns: [`${route}: statement`, 'times', 'plan ms', 'run ms', 'log bytes'],
    rows: costs
      .slice(0, LISTED)
      .map(({ statement, calls, planMs, runMs, walBytes }) => [
        `\`${shorten(statement)}\``,
        (calls / answered).toFixed(2),
        (planMs / answered).toFixed(3),
        (runMs / answered).toFixed(3),
        (walBytes / answered).toFixed(0),
      ]),
  }
}

function shorten(statement: string): string {
  const line = statement.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim()
  return line.length <= STATEMENT_LENGTH ? line : `${line.slice(0, STATEMENT_LENGTH)} …`
}

/** V8's profile of a process: its functions, and which of them each sample found. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

async function functionTable(route: string, folder: string): Promise<Table> {
  const [file = ''] = await readdir(folder)
  const { nodes, samples, timeDeltas }: CpuProfile = JSON.parse(
    await readFile(path.join(folder, file), 'utf8'),
  )
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const spent = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? ''
    spent.set(name, (spent.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  }
  spent.delete('(idle)')
  const busy = [...spent.values()].reduce((sum, one) => sum + one, 0)
  const dearest = [...spent].toSorted(([, one], [, other]) => other - one).slice(0, LISTED)
  return {
    columns: [`${route}: function`, 'of the busy time'],
    rows: dearest.map(([name, time]) => [`\`${name}\``, `${((100 * time) / busy).toFixed(1)} %`]),
  }
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  return url === '' ? name : `${name} ${path.basename(url)}:${lineNumber + 1}`
}
