import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createSandbox } from './sandbox.ts'
import type { Order, Report } from './worker.ts'

/** Runs tests in a sandbox of its own, one order at a time. */
export interface Worker {
  run(order: Order): Promise<Report>
  stop(): Promise<void>
}

/** Starts a process that keeps Vitest, PostgreSQL and the built server warm between orders. */
export async function startWorker(root: string, replaced: ReadonlyMap<string, string>): Promise<Worker> {
  const sandbox = await createSandbox(root, replaced)
  const child = fork(new URL('worker.ts', import.meta.url), {
    cwd: sandbox,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error('A worker ended: read its errors above. What was found so far is kept.')
  })
  // Reported to whoever waits for an answer.
  ended.catch(() => undefined)
  await Promise.race([once(child, 'message'), ended])
  return {
    async run(order) {
      child.send(order)
      return Promise.race([answer(child), ended])
    },
    async stop() {
      if (child.connected) child.disconnect()
      await ended.catch(() => undefined)
    },
  }
}

async function answer(child: ChildProcess): Promise<Report> {
  const [report]: Report[] = await once(child, 'message')
  if (report === undefined) throw new Error('A worker answered nothing.')
  return report
}

/** Works off a list with every worker, each at its own pace. */
export async function share<Task>(
  workers: readonly Worker[],
  tasks: readonly Task[],
  work: (worker: Worker, task: Task) => Promise<void>,
): Promise<void> {
  const queue = [...tasks]
  await Promise.all(
    workers.map(async (worker) => {
      for (let task = queue.shift(); task !== undefined; task = queue.shift()) await work(worker, task)
    }),
  )
}
