import { type Environment, type Server, serverEnvironment } from '@tael/stack'
import { startServer } from '../../src/server.ts'

/**
 * Starts a server in the test's own process, over real HTTP and PostgreSQL, at a tenth of what a process costs. It cannot
 * be killed: a test that does so opens its shop with `processes`.
 */
export async function startServerHere(simulatorUrl: string, env: Environment): Promise<Server> {
  const lines: string[] = []
  const output = { write: (line: string): void => void lines.push(line.trimEnd()) }
  const { url, operatorsUrl, stop } = await startServer(serverEnvironment(simulatorUrl, env), output)
  const { promise: exited, resolve } = Promise.withResolvers<void>()
  let stopped: Promise<void> | undefined
  return {
    url,
    operatorsUrl,
    pid: process.pid,
    lines,
    exited,
    stop(signal = 'SIGTERM') {
      if (signal === 'SIGKILL')
        throw new Error('Only a process can be killed: open the shop with `processes`.')
      stopped ??= stop().then(resolve)
      return stopped
    },
  }
}
