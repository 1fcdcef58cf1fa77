import type { JobName } from './register.ts'

/** How often a server looks for due jobs. */
const LOOK_MS = 1_000

/** Which of these queues have a job that may run now: one probe of pg-boss's index for each. */
const DUE = `select name from unnest($1::text[]) as queue (name) where exists (
  select from pgboss.job
  where job.name = queue.name and state in ('created', 'retry') and not blocked and start_after <= now())`

export interface DueJobs {
  readonly names: readonly JobName[]
  /** Runs a statement and returns its rows. */
  readonly query: (text: string, values: readonly unknown[]) => Promise<readonly { readonly name: JobName }[]>
  readonly onDue: (name: JobName) => void
  readonly onError: (error: unknown) => void
}

/**
 * Looks every second for due jobs, in one statement for all queues: every worker of every queue asking for itself cost
 * more than everything else that an idle server does. Returns what stops it, and waits for a look in progress.
 */
export function watchForDueJobs({ names, query, onDue, onError }: DueJobs): () => Promise<void> {
  let looking: Promise<void> | undefined
  const look = async (): Promise<void> => {
    try {
      for (const { name } of await query(DUE, [names])) onDue(name)
    } catch (error) {
      onError(error)
    } finally {
      looking = undefined
    }
  }
  const timer = setInterval(() => {
    looking ??= look()
  }, LOOK_MS)
  return async () => {
    clearInterval(timer)
    await looking
  }
}
