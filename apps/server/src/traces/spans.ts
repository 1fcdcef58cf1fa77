/** What is known of a piece of work. No secret, no openid and nothing of a body. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

/** A piece of work, as a trace shows it. */
export interface Work {
  readonly name: string
  /** Who asks whom: we answer (`server`), we ask (`client`), a job runs (`consumer`), or none of them. */
  readonly kind: 'server' | 'client' | 'consumer' | 'internal'
  readonly attributes?: Attributes
  /** The trace that caused it, as a W3C traceparent; without it the work around it is its cause. */
  readonly causedBy?: string | undefined
}

/** The part of a trace that shows a piece of work. */
export interface Span {
  set(attributes: Attributes): void
  /** Refers to another trace, by its traceparent. */
  link(traceparent: string): void
  fail(): void
}

/** A span whose work is not one function: work is run in it until it ends. */
export interface OpenSpan extends Span {
  run<T>(work: () => T): T
  end(): void
}

/** Records spans. `otlp.ts` has the only one there is. */
export interface Tracer {
  open(work: Work): OpenSpan
  /** The innermost span of the work that runs now. */
  current(): { readonly span: Span; readonly traceparent: string } | undefined
  /** Sends what was recorded. */
  close(): Promise<void>
}

const noSpan: Span = { set() {}, link() {}, fail() {} }

/** Of the process, as the current work is: everything it does is traced, or nothing. */
let tracer: Tracer | undefined

/** Traces from now on; or no longer. */
export function traceWith(next: Tracer | undefined): void {
  tracer = next
}

/** Opens a span. Undefined: nothing is traced. */
export function openSpan(work: Work): OpenSpan | undefined {
  return tracer?.open(work)
}

/** Runs work in a span, which fails where the work throws. */
export async function inSpan<T>(work: Work, run: (span: Span) => Promise<T>): Promise<T> {
  const span = tracer?.open(work)
  if (span === undefined) return run(noSpan)
  try {
    return await span.run(() => run(span))
  } catch (error) {
    span.fail()
    throw error
  } finally {
    span.end()
  }
}

/** The span of the work that runs now. Undefined: it is not traced. */
export function currentSpan(): Span | undefined {
  return tracer?.current()?.span
}

/** The traceparent of the work that runs now, for what it causes later. Undefined: it is not traced. */
export function currentTrace(): string | undefined {
  return tracer?.current()?.traceparent
}
