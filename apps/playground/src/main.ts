import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { configOrExit } from '@tael/config'
import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'

const config = configOrExit(() => readConfig(process.env))
const { shop } = config
/** The temporary folder of the other shop's phone; undefined where the phone runs Tael's Mini Program. */
const phoneFolder = shop && (await mkdtemp(path.join(tmpdir(), 'tael-phone-')))
const app = await start().catch(async (error: unknown) => {
  await removePhoneFolder()
  return exitOnPortInUse(error)
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop())
// Last: whoever reads the address may stop the playground at once.
process.stdout.write(`${JSON.stringify({ listening: app.listeningOrigin })}\n`)

/** Builds the other shop's Mini Program, if there is one, and serves the playground. */
async function start(): Promise<FastifyInstance> {
  if (shop !== undefined && phoneFolder !== undefined) await buildPhone(shop.programDir, phoneFolder)
  const built = await buildApp(config, {
    dist: path.join(import.meta.dirname, '../dist'),
    phone: phoneFolder,
    docs: path.join(import.meta.dirname, '../../../docs/dist'),
  })
  await built.listen({ host: '127.0.0.1', port: config.port })
  return built
}

async function buildPhone(programDir: string, outDir: string): Promise<void> {
  // Loaded only here: the compilers take longer to load than the playground to start.
  const { buildHostedProgram } = await import('@tael/miniprogram-host/build')
  const { describeProblem } = await import('@tael/miniprogram-host/check')
  const warnings = await buildHostedProgram({ programDir, outDir })
  for (const warning of warnings) process.stderr.write(`${describeProblem(warning)}\n`)
}

/** Explains a port that is in use; any other error is a bug, or of the other shop's Mini Program. */
function exitOnPortInUse(error: unknown): never {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error
  process.stderr.write(
    `Port ${config.port} is in use. Stop the program on it, or set PORT to another (0 takes any free one).\n`,
  )
  process.exit(1)
}

async function removePhoneFolder(): Promise<void> {
  if (phoneFolder !== undefined) await rm(phoneFolder, { recursive: true, force: true })
}

async function stop(): Promise<void> {
  await app.close()
  await removePhoneFolder()
}
