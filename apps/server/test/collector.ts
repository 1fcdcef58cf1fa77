import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A span as a collector receives it; ids in hex. */
export interface ReceivedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  /** Empty: it has none. */
  readonly parentSpanId: string
  readonly attributes: Readonly<Record<string, string>>
  /** The traces that it refers to. */
  readonly links: readonly string[]
}

/** An OpenTelemetry collector that takes traces by OTLP over HTTP, in protobuf. */
export interface Collector {
  /** Without `/v1/traces`. */
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** Everything that was received, as it came. */
  readonly bodies: readonly Buffer[]
  /** The header `x-collector-key` of each request. */
  readonly keys: ReadonlySet<unknown>
  close(): Promise<void>
}

export async function openCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = []
  const bodies: Buffer[] = []
  const keys = new Set<unknown>()
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const isTraces = request.method === 'POST' && request.url === '/v1/traces'
      if (!isTraces || request.headers['content-type'] !== 'application/x-protobuf')
        return response.writeHead(404).end()
      bodies.push(body)
      keys.add(request.headers['x-collector-key'])
      spans.push(...spansIn(body))
      return response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // What `listen` gives a TCP server (nodejs.org, server.address).
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    bodies,
    keys,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The spans of an ExportTraceServiceRequest, by the field numbers of opentelemetry-proto, trace.proto. */
function spansIn(body: Buffer): ReceivedSpan[] {
  const scopes = partsOf(body, 1).flatMap((resource) => partsOf(resource, 2))
  return scopes.flatMap((scope) => partsOf(scope, 2)).map(toSpan)
}

function toSpan(span: Buffer): ReceivedSpan {
  const attributes = partsOf(span, 9).map((pair) => {
    const [value = Buffer.alloc(0)] = partsOf(pair, 2)
    return [textOf(pair, 1), textOf(value, 1)] as const
  })
  return {
    name: textOf(span, 5),
    traceId: hexOf(span, 1),
    spanId: hexOf(span, 2),
    parentSpanId: hexOf(span, 4),
    attributes: Object.fromEntries(attributes),
    links: partsOf(span, 13).map((link) => hexOf(link, 1)),
  }
}

const hexOf = (message: Buffer, field: number): string => partsOf(message, field)[0]?.toString('hex') ?? ''
const textOf = (message: Buffer, field: number): string => partsOf(message, field)[0]?.toString() ?? ''

/** The length-delimited values of one field of a message (protobuf.dev, encoding); others are passed over. */
function partsOf(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = []
  let at = 0
  const readVarint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = message.readUInt8(at)
      at += 1
      value += (byte % 128) * factor
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = readVarint()
    const [field, type] = [Math.floor(tag / 8), tag % 8]
    if (type === 0) readVarint()
    else if (type === 2) {
      const length = readVarint()
      if (field === wanted) found.push(message.subarray(at, at + length))
      at += length
    } else at += type === 1 ? 8 : 4
  }
  return found
}
