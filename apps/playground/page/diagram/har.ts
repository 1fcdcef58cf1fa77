import { durationOf, pairCalls } from './calls.ts'
import { addressOf, methodOf } from './curl.ts'
import type { DiagramRow } from './rows.ts'

/**
 * The HTTP calls among the rows as an HTTP Archive 1.2 (w3c.github.io/web-performance, HAR). A call
 * without an answer has status 0, as browsers write it.
 */
export function harOf(rows: readonly DiagramRow[]): object {
  const calls = pairCalls(rows).filter(({ request }) => request.url !== undefined)
  return {
    log: {
      version: '1.2',
      creator: { name: 'Tael playground', version: '1' },
      entries: calls.map((call) => {
        const { request, answer } = call
        const time = durationOf(call) ?? 0
        const address = addressOf(request)
        const body = textOf(answer?.body)
        return {
          startedDateTime: new Date(request.at).toISOString(),
          time,
          request: {
            method: methodOf(request),
            url: address,
            httpVersion: 'HTTP/1.1',
            cookies: [],
            headers: headerList(request),
            queryString: [...new URL(address).searchParams].map(([name, value]) => ({ name, value })),
            ...(request.body === undefined || methodOf(request) === 'GET'
              ? {}
              : { postData: { mimeType: 'application/json', text: textOf(request.body) } }),
            headersSize: -1,
            bodySize: -1,
          },
          response: {
            status: answer?.status ?? 0,
            statusText: '',
            httpVersion: 'HTTP/1.1',
            cookies: [],
            headers: answer === undefined ? [] : headerList(answer),
            content: {
              size: new TextEncoder().encode(body).length,
              mimeType: 'application/json',
              text: body,
            },
            redirectURL: '',
            headersSize: -1,
            bodySize: -1,
          },
          cache: {},
          timings: { send: 0, wait: time, receive: 0 },
          comment: `${request.from} to ${request.to}`,
        }
      }),
    },
  }
}

function headerList({
  headers = {},
}: DiagramRow): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value }))
}

function textOf(body: unknown): string {
  return body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
}
