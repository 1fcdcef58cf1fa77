import type { FastifyBaseLogger } from 'fastify'
import { checks } from './checks.ts'
import { type Examined, runChecks } from './run.ts'

/**
 * Runs the checks while the server works, and logs each that fails with its remedy. Ends early when
 * `signal` is aborted.
 */
export async function warnOfFaults(
  examined: Examined,
  log: Pick<FastifyBaseLogger, 'warn'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const findings = await runChecks(examined, signal)
    // A server that stops has nothing to warn of.
    if (signal.aborted) return
    for (const { check, state, found } of findings)
      if (state === 'fail') log.warn({ check, found, remedy: checks[check].remedy }, 'a check failed')
  } catch (error) {
    log.warn({ err: error }, 'the checks of this server could not be run')
  }
}
