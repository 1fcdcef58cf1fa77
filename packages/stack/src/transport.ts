import { NoAnswerError, type Transport } from '@tael/contracts'

/** Sends the requests of the contracts' client to the listener at this URL, with fetch. */
export function transportTo(url: string): Transport {
  return async ({ method, path, headers, body, timeoutMs }) => {
    const answer = await fetch(url + path, {
      method,
      headers,
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw new NoAnswerError('No answer came.', { cause: error })
    })
    const isJson = answer.headers.get('content-type')?.includes('json') === true
    const received: unknown = await (isJson ? answer.json() : answer.text())
    return { status: answer.status, body: received }
  }
}
