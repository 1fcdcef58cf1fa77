import { PaymentStatus, RefundStatus } from '@tael/contracts'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** A request or a call takes milliseconds, or as long as its bound: in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]

/** The servers that this one calls. */
export type Service = 'adyen' | 'wechat'

/**
 * What came of a call. `refused`: the service took what was sent for wrong. `denied`: it refuses every such call, because of
 * our key, our settings or a quota. `timeout`: no answer came in time; `unknown`: none that can be read.
 */
const callOutcomes = ['answered', 'refused', 'denied', 'timeout', 'unknown'] as const
export type CallOutcome = (typeof callOutcomes)[number]

/** Whether the name of the error by which no answer came says that the time was over: undici's, or that of an AbortSignal. */
export function isTimeout(reason: string): boolean {
  return /timeout/i.test(reason)
}

/** What this process counts and measures. docs/monitoring.md lists every metric. */
export type Metrics = ReturnType<typeof createMetrics>

/** Creates the metrics of one server, in a registry of its own. Their labels have a bounded number of values. */
export function createMetrics() {
  const registry = new Registry()
  const metrics = { registry, ...countTraffic([registry]), ...countWork([registry]) }
  startAtZero(metrics)
  return metrics
}

/** Requests, calls and deliveries. */
function countTraffic(registers: Registry[]) {
  return {
    requests: new Counter({
      name: 'tael_http_requests_total',
      help: 'Requests that were answered.',
      labelNames: ['listener', 'method', 'route', 'status'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'tael_http_request_duration_seconds',
      help: 'How long requests took, without those that waited for a change.',
      labelNames: ['listener', 'method', 'route'],
      buckets: SECONDS,
      registers,
    }),
    calls: new Counter({
      name: 'tael_calls_total',
      help: 'Calls to Adyen and WeChat, retries within a call not counted.',
      labelNames: ['service', 'operation', 'outcome'],
      registers,
    }),
    callSeconds: new Histogram({
      name: 'tael_call_duration_seconds',
      help: 'How long calls to Adyen and WeChat took, their retries included.',
      labelNames: ['service', 'operation'],
      buckets: SECONDS,
      registers,
    }),
    deliveries: new Counter({
      name: 'tael_deliveries_total',
      help: "Tries to deliver an event to the merchant's backend, or a notification to a channel.",
      labelNames: ['receiver', 'outcome'],
      registers,
    }),
  }
}

/** What becomes of payments, refunds, webhooks and jobs. */
function countWork(registers: Registry[]) {
  return {
    payments: new Counter({
      name: 'tael_payments_total',
      help: 'Payments that reached a status on this server.',
      labelNames: ['status'],
      registers,
    }),
    refunds: new Counter({
      name: 'tael_refunds_total',
      help: 'Refunds that reached a status on this server.',
      labelNames: ['status'],
      registers,
    }),
    webhookItems: new Counter({
      name: 'tael_webhook_items_total',
      help: 'Webhook items by what became of them when they were received, retried or replayed.',
      labelNames: ['event_code', 'state'],
      registers,
    }),
    jobsFetched: new Counter({
      name: 'tael_jobs_fetched_total',
      help: 'Jobs that this server fetched.',
      labelNames: ['job_name'],
      registers,
    }),
    jobSeconds: new Histogram({
      name: 'tael_job_duration_seconds',
      help: 'How long jobs took. A failed one is retried.',
      labelNames: ['job_name', 'outcome'],
      buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60],
      registers,
    }),
  }
}

const statusesOf = <T extends string>(union: {
  readonly anyOf: readonly { readonly const: T }[]
}): readonly T[] => union.anyOf.map((literal) => literal.const)

/** What alerts compare exists from the start: a counter that appears at 1 has not increased for Prometheus. */
function startAtZero({
  payments,
  refunds,
  calls,
  webhookItems,
}: Pick<Metrics, 'payments' | 'refunds' | 'calls' | 'webhookItems'>): void {
  for (const status of statusesOf(PaymentStatus)) payments.inc({ status }, 0)
  for (const status of statusesOf(RefundStatus)) refunds.inc({ status }, 0)
  for (const outcome of callOutcomes) {
    for (const operation of ['payments', 'payments/details', 'refunds', 'cancels'])
      calls.inc({ service: 'adyen', operation, outcome }, 0)
    calls.inc({ service: 'wechat', operation: '/sns/jscode2session', outcome }, 0)
  }
  for (const state of ['applied', 'stored', 'foreign', 'attention'])
    webhookItems.inc({ event_code: 'AUTHORISATION', state }, 0)
}

/** Adds a number that is asked for at each scrape. */
export function addGauge(
  { registry }: Metrics,
  gauge: { readonly name: string; readonly help: string; readonly read: () => number },
): void {
  const { name, help, read } = gauge
  const added = new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(read())
    },
  })
  registry.registerMetric(added)
}
