import type { EnvironmentReader } from '@tael/config'

/** Where traces are sent, by OpenTelemetry's own variables. */
export interface TracesConfig {
  readonly endpoint: string
  /** Which share of the traces is recorded, from 0 to 1. */
  readonly share: number
}

/** Undefined: nothing is traced. */
export function readTraces(read: EnvironmentReader): TracesConfig | undefined {
  const endpoint = read.has('OTEL_EXPORTER_OTLP_ENDPOINT')
    ? read.url(
        'OTEL_EXPORTER_OTLP_ENDPOINT',
        'the address of an OpenTelemetry collector, like http://127.0.0.1:4318',
      )
    : undefined
  const share = read.text(
    'OTEL_TRACES_SAMPLER_ARG',
    /^(?:0(?:\.\d+)?|1(?:\.0+)?)$/,
    'a number from 0 to 1',
    '1',
  )
  return endpoint === undefined ? undefined : { endpoint, share: Number(share) }
}
