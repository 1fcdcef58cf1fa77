import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { configOrExit } from '@tael/config'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'

const config = configOrExit(() => readConfig(process.env))
/** The temporary folders of this process. */
const removed: string[] = []
const dist = path.join(import.meta.dirname, '../dist')
const app = await buildApp(config, dist, await shopPhone())
const listening = await app.listen({ host: '127.0.0.1', port: config.port }).catch(exitOnPortInUse)
process.stdout.write(`${JSON.stringify({ listening })}\n`)

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop())

/** Explains a port that is in use; any other error is a bug. */
function exitOnPortInUse(error: unknown): never {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error
  process.stderr.write(
    `Port ${config.port} is in use. Stop the program on it, or set PORT to another (0 takes any free one).\n`,
  )
  process.exit(1)
}

/** Builds the page of the other shop's Mini Program in a temporary folder; undefined without one. */
async function shopPhone(): Promise<string | undefined> {
  if (config.shop === undefined) return undefined
  const outDir = await mkdtemp(path.join(tmpdir(), 'tael-phone-'))
  removed.push(outDir)
  // Loaded only here: the compilers take longer to load than the playground to start.
  const { buildHostedProgram } = await import('@tael/miniprogram-host/build')
  const { describeProblem } = await import('@tael/miniprogram-host/check')
  const warnings = await buildHostedProgram({ programDir: config.shop.programDir, outDir })
  for (const warning of warnings) process.stderr.write(`${describeProblem(warning)}\n`)
  return outDir
}

async function stop(): Promise<void> {
  await app.close()
  for (const folder of removed) await rm(folder, { recursive: true, force: true })
}
