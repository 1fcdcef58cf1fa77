import type { FastifyBaseLogger } from 'fastify'
import type { JobResult, PgBoss, WipData } from 'pg-boss'
import type { Metrics } from '../metrics/metrics.ts'
import { inSpan } from '../traces/spans.ts'
import { type DueJobs, watchForDueJobs } from './due.ts'
import { type JobData, type JobName, type OptionalJob, queues } from './register.ts'

export type JobHandlers = { readonly [name in JobName]: (data: JobData[name]) => Promise<void> }

type JobMetrics = Pick<Metrics, 'jobsFetched' | 'jobSeconds'>

/** A job's data, with the trace of what enqueued it. */
type QueuedData<N extends JobName> = JobData[N] & { readonly traceparent?: string }

/** A worker fetches when a job of its queue is due (due.ts), or at last after this long. */
const FETCH_SECONDS = 10
/** A worker that has fetched nothing for this long is stuck: a fetch that fails takes less. */
const FETCH_MS_MAX = 2 * FETCH_SECONDS * 1_000

/** The workers of every queue, which fetch jobs and run them. */
export class Workers {
  readonly #boss: PgBoss
  readonly #log: FastifyBaseLogger
  /** The ids of each queue's workers. */
  readonly #ids = new Map<JobName, readonly string[]>()
  #stopWatching: (() => Promise<void>) | undefined

  constructor(boss: PgBoss, log: FastifyBaseLogger) {
    this.#boss = boss
    this.#log = log
  }

  /** Jobs `without` configuration wait for a server that has it. */
  async start(
    handlers: JobHandlers,
    metrics: JobMetrics,
    without: readonly OptionalJob[],
    query: DueJobs['query'],
  ): Promise<void> {
    await this.#work('expire-order', handlers['expire-order'], metrics)
    await this.#work('retry-webhook', handlers['retry-webhook'], metrics)
    await this.#work('make-call', handlers['make-call'], metrics)
    await this.#work('make-refund', handlers['make-refund'], metrics)
    await this.#work('abandon-payment', handlers['abandon-payment'], metrics)
    await this.#work('retry-abandoned-calls', handlers['retry-abandoned-calls'], metrics)
    await this.#work('delete-expired', handlers['delete-expired'], metrics)
    await this.#work('apply-retention', handlers['apply-retention'], metrics)
    if (!without.includes('send-paid-message'))
      await this.#work('send-paid-message', handlers['send-paid-message'], metrics)
    await this.#work('upload-shipping', handlers['upload-shipping'], metrics)
    if (!without.includes('deliver-event'))
      await this.#work('deliver-event', handlers['deliver-event'], metrics)
    if (!without.includes('fetch-report')) await this.#work('fetch-report', handlers['fetch-report'], metrics)
    await this.#work('watch', handlers.watch, metrics)
    await this.#work('send-notification', handlers['send-notification'], metrics)
    this.#stopWatching = watchForDueJobs({
      names: [...this.#ids.keys()],
      query,
      onDue: (name) => this.#ids.get(name)?.forEach((id) => this.#boss.notifyWorker(id)),
      onError: (error) => this.#log.error({ err: error }, 'due jobs could not be looked for'),
    })
  }

  /** Whether the workers have fetched jobs lately, or are still running those they fetched. */
  areFetching(): boolean {
    return this.#boss.getWipData().every(isFetching)
  }

  /** Wakes no worker any more. */
  async stop(): Promise<void> {
    await this.#stopWatching?.()
  }

  async #work<N extends JobName>(name: N, handler: JobHandlers[N], metrics: JobMetrics): Promise<void> {
    const { workers, ...work } = queues[name].work
    const options = { ...work, pollingIntervalSeconds: FETCH_SECONDS, perJobResults: true } as const
    const start = (): Promise<string> =>
      this.#boss.work<QueuedData<N>, unknown, typeof options>(name, options, async (jobs) => {
        metrics.jobsFetched.inc({ job_name: name }, jobs.length)
        const results: JobResult[] = []
        for (const { id, data } of jobs)
          results.push({ id, status: await this.#run(name, data, handler, metrics) })
        return results
      })
    this.#ids.set(name, await Promise.all(Array.from({ length: workers }, start)))
  }

  async #run<N extends JobName>(
    name: N,
    data: QueuedData<N>,
    handler: JobHandlers[N],
    { jobSeconds }: JobMetrics,
  ): Promise<'completed' | 'failed'> {
    const start = performance.now()
    const end = (outcome: 'done' | 'failed'): void =>
      jobSeconds.observe({ job_name: name, outcome }, (performance.now() - start) / 1000)
    // pg-boss gives a job of a schedule no data.
    const { traceparent } = { ...data }
    try {
      await inSpan({ name: `job ${name}`, kind: 'consumer', causedBy: traceparent }, () => handler(data))
      end('done')
      return 'completed'
    } catch (error) {
      end('failed')
      this.#log.error({ err: error, job: name, data }, 'job failed and will be retried')
      return 'failed'
    }
  }
}

/** Whether a worker has fetched lately, or runs what it fetched for no longer than it may. */
function isFetching({ name, count, createdOn, lastFetchedOn }: WipData): boolean {
  const busyMs = count > 0 && isJobName(name) ? queues[name].queue.expireInSeconds * 1_000 : 0
  return Date.now() - (lastFetchedOn ?? createdOn) < FETCH_MS_MAX + busyMs
}

function isJobName(name: string): name is JobName {
  return name in queues
}
