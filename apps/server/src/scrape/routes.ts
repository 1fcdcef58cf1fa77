import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { monitoringRoutes } from '@tael/contracts'
import { Gauge, Registry } from 'prom-client'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { serve } from '../http/routing.ts'
import { version } from '../http/version.ts'
import { processMetrics } from '../metrics/process.ts'
import { readState, type State } from './read-state.ts'

/** So long the state of the shop is not read again, however many ask for it. */
const STATE_MS = 5_000
/** So long a scrape waits for PostgreSQL. Prometheus itself waits ten seconds, as a rule. */
const WAIT_MS = 3_000

/**
 * What Prometheus scrapes: what this process counted, and how the shop stands by the database. Where PostgreSQL
 * does not answer, the latter is left out and the former still answered.
 */
export function serveMetrics(
  api: Api,
  { db, metrics, log }: Pick<Context, 'db' | 'metrics' | 'log'>,
  isServing: () => boolean,
): void {
  let latest: { readonly at: number; readonly state: State } | undefined
  let reading: Promise<void> | undefined

  const read = async (): Promise<void> => {
    try {
      const state = await readState(db)
      latest = { at: performance.now(), state }
    } catch (error) {
      log.warn({ err: error }, 'the state of the shop could not be read for its metrics')
    } finally {
      reading = undefined
    }
  }

  const currentState = async (): Promise<State | undefined> => {
    const isCurrent = (): boolean => latest !== undefined && performance.now() - latest.at < STATE_MS
    if (!isCurrent()) {
      reading ??= read()
      const waited = new AbortController()
      await Promise.race([
        reading,
        pause(WAIT_MS, undefined, { signal: waited.signal, ref: false }).catch(() => undefined),
      ])
      waited.abort()
    }
    return isCurrent() ? latest?.state : undefined
  }

  api.route({
    ...serve(monitoringRoutes.readMetrics),
    handler: async (_request, reply) => {
      const state = await currentState()
      const registry = Registry.merge([
        metrics.registry,
        processMetrics(),
        describeState(state, state?.isWritable === true && isServing()),
      ])
      return reply.type(registry.contentType).send(Readable.from([await registry.metrics()]))
    },
  })
}

/** How the shop stands, in a registry of its own: a kind that is gone leaves nothing behind. */
function describeState(state: State | undefined, isReady: boolean): Registry {
  const registry = new Registry()
  const gauge = <L extends string>(name: string, help: string, ...labelNames: readonly L[]): Gauge<L> =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  gauge('tael_build_info', 'The commit that the server was built from; always 1.', 'version').set(
    { version },
    1,
  )
  gauge('tael_ready', 'Whether the server is ready, as /health/ready says.').set(isReady ? 1 : 0)
  gauge('tael_state_read', 'Whether the state of the shop could be read from the database in time.').set(
    state === undefined ? 0 : 1,
  )
  if (state === undefined) return registry
  const payments = gauge('tael_payments_open', 'Payments without an outcome, by status.', 'status')
  for (const [status, count] of state.payments) payments.set({ status }, count)
  const refunds = gauge('tael_refunds_open', 'Refunds without an outcome, by status.', 'status')
  for (const [status, count] of state.refunds) refunds.set({ status }, count)
  gauge(
    'tael_unknown_payment_age_seconds',
    'The age of the oldest payment whose money may have moved unknown to us.',
  ).set(state.oldestUnknownPayment)
  gauge(
    'tael_unapplied_webhook_age_seconds',
    'How long ago the oldest webhook item came that was not applied.',
  ).set(state.oldestUnappliedWebhook)
  const waiting = gauge('tael_jobs_waiting', 'Jobs that could run and do not.', 'job_name')
  const ages = gauge(
    'tael_job_wait_seconds',
    'How long the oldest job that could run has been waiting.',
    'job_name',
  )
  for (const { name, waiting: count, age } of state.jobs) {
    waiting.set({ job_name: name }, count)
    ages.set({ job_name: name }, age)
  }
  const attention = gauge(
    'tael_attention_open',
    'What operators must look at and have not handled.',
    'kind',
    'severity',
  )
  for (const { kind, severity, count } of state.attention) attention.set({ kind, severity }, count)
  return registry
}
