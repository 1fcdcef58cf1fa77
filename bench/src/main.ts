import { measureBuild } from './build/turbo-build.ts'
import { measureFeltSpeed } from './felt/felt-speed.ts'
import { Laboratory } from './machine/laboratory.ts'
import { type Options, readOptions } from './options.ts'
import { type Figures, writeFigures } from './results/report.ts'
import { measureGrowth } from './server/growth.ts'
import { measureLists } from './server/lists.ts'
import { measureMemory } from './server/memory.ts'
import { measureOrders } from './server/orders.ts'
import { measurePayments } from './server/payments.ts'
import { measurePolls } from './server/polls.ts'
import { profile } from './server/profile.ts'
import { measureReads } from './server/reads.ts'
import { measureSeveralServers } from './server/several-servers.ts'
import { measureStart } from './server/start.ts'
import { measureWebhooks } from './server/webhooks.ts'

/** `pnpm bench [part …]`: measures all parts, or those named; `server` names all parts of the server. */

const serverParts: Readonly<Record<string, (laboratory: Laboratory) => Promise<Figures>>> = {
  payments: measurePayments,
  webhooks: measureWebhooks,
  orders: measureOrders,
  reads: measureReads,
  polls: measurePolls,
  memory: measureMemory,
  growth: measureGrowth,
  lists: measureLists,
  start: measureStart,
  servers: measureSeveralServers,
  profile,
}
const otherParts: Readonly<Record<string, (options: Options) => Promise<Figures>>> = {
  felt: measureFeltSpeed,
  build: measureBuild,
}

const page = new URL('../RESULTS.md', import.meta.url)
const print = (text: string): void => void process.stdout.write(`${text}\n`)

function readParts(names: readonly string[]): ReadonlySet<string> {
  const groups: Readonly<Record<string, readonly string[]>> = { server: Object.keys(serverParts) }
  const all = [...Object.keys(serverParts), ...Object.keys(otherParts)]
  const wanted = names.flatMap((name) => groups[name] ?? [name])
  const unknown = wanted.filter((name) => !all.includes(name))
  if (unknown.length === 0) return new Set(wanted.length === 0 ? all : wanted)
  process.stderr.write(
    `Unknown: ${unknown.join(', ')}. The parts are server (all of its own), ${all.join(', ')}.\n`,
  )
  process.exit(64)
}

async function write(
  part: string,
  measure: () => Promise<Figures>,
  { rounds, seconds }: Options,
  versions: readonly string[] = [],
): Promise<void> {
  print(`Measuring ${part} …`)
  const surroundings = [...versions, `ROUNDS=${rounds} SECONDS=${seconds}`].join(', ')
  await writeFigures(page, part, await measure(), surroundings)
}

async function measureServer(parts: ReadonlySet<string>, options: Options): Promise<void> {
  const wanted = Object.entries(serverParts).filter(([part]) => parts.has(part))
  if (wanted.length === 0) return
  const laboratory = await Laboratory.open(options)
  const stop = (): void => void laboratory.close().finally(() => process.exit(130))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    const versions = [await laboratory.postgres.describe()]
    for (const [part, measure] of wanted) await write(part, () => measure(laboratory), options, versions)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await laboratory.close()
  }
}

const parts = readParts(process.argv.slice(2))
const options = readOptions()
await measureServer(parts, options)
for (const [part, measure] of Object.entries(otherParts))
  if (parts.has(part)) await write(part, () => measure(options), options)
print('Written to bench/RESULTS.md.')
