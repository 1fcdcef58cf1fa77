import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import {
  ROOT_CONTEXT,
  type Span as OtelSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { parseTraceParent, setGlobalErrorHandler } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { OpenSpan, Tracer, Work } from './spans.ts'

const kinds: Readonly<Record<Work['kind'], SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
}

/** The bound on sending what is left when the process stops. */
const CLOSE_MS = 2_000

export interface TracerOptions {
  /** The address of an OpenTelemetry collector, without `/v1/traces`. */
  readonly endpoint: string
  /** Which share of the traces is recorded, from 0 to 1. */
  readonly share: number
  readonly version: string
  /** A batch of spans was lost. */
  readonly onError: (error: unknown) => void
}

/**
 * Sends spans to an OpenTelemetry collector by OTLP over HTTP, in the background. What it cannot send in time is lost.
 * The other standard variables, such as OTEL_EXPORTER_OTLP_HEADERS, are read by the packages from the process.
 */
export function createTracer({ endpoint, share, version, onError }: TracerOptions): Tracer {
  setGlobalErrorHandler(onError)
  const own = resourceFromAttributes({ 'service.name': 'tael', 'service.version': version })
  const provider = new TracerProvider({
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }),
      }),
    ],
  })
  const tracer = provider.getTracer('tael', version)
  const running = new AsyncLocalStorage<{ readonly span: OpenSpan; readonly context: SpanContext }>()

  return {
    open({ name, kind, attributes = {}, causedBy }) {
      const parent =
        causedBy === undefined ? running.getStore()?.context : (parseTraceParent(causedBy) ?? undefined)
      const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)
      const started = tracer.startSpan(name, { kind: kinds[kind], attributes }, context)
      return toOpenSpan(started, running)
    },
    current() {
      const found = running.getStore()
      return found && { span: found.span, traceparent: toTraceparent(found.context) }
    },
    async close() {
      const sent = provider.shutdown().then(() => true, onError)
      const isOver = await Promise.race([sent, pause(CLOSE_MS, 'late' as const, { ref: false })])
      if (isOver === 'late') onError(new Error('no answer while the server stopped'))
    },
  }
}

function toOpenSpan(
  started: OtelSpan,
  running: AsyncLocalStorage<{ readonly span: OpenSpan; readonly context: SpanContext }>,
): OpenSpan {
  const span: OpenSpan = {
    run: (work) => running.run({ span, context: started.spanContext() }, work),
    set: (attributes) => void started.setAttributes(attributes),
    link(traceparent) {
      const context = parseTraceParent(traceparent)
      if (context !== null) started.addLink({ context })
    },
    fail: () => void started.setStatus({ code: SpanStatusCode.ERROR }),
    end: () => started.end(),
  }
  return span
}

/** In the form of W3C Trace Context. */
function toTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}
