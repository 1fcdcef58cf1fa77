import type { DiagramRow } from './rows.ts'

/** `POST /orders` → `POST` */
export function methodOf({ label, webhook }: DiagramRow): string {
  return webhook ? 'POST' : (/^[A-Z]+(?= )/.exec(label)?.[0] ?? 'GET')
}

/** The address of a request, with the query that a GET's body stands for. */
export function addressOf(row: DiagramRow): string {
  const { url = '', body } = row
  if (methodOf(row) !== 'GET' || typeof body !== 'object' || body === null) return url
  return `${url}?${new URLSearchParams(Object.entries(body).map(([name, value]) => [name, String(value)]))}`
}

/**
 * The request as a curl command for a POSIX shell. Masked credentials become variables of the shell:
 * `Bearer •••` is `Bearer $AUTHORIZATION`.
 */
export function curlOf(row: DiagramRow): string {
  const method = methodOf(row)
  const headers = Object.entries({ 'content-type': 'application/json', ...row.headers })
    .filter(([name]) => name !== 'content-type' || method !== 'GET')
    .map(([name, value]) => `-H ${unmasked(name, value)}`)
  const body = method === 'GET' || row.body === undefined ? [] : [`-d ${quoted(JSON.stringify(row.body))}`]
  return [`curl -X ${method} ${quoted(addressOf(row))}`, ...headers, ...body].join(' \\\n  ')
}

function unmasked(name: string, value: string): string {
  const mask = /(•••|\*\*\*)$/.exec(value)?.[0]
  if (mask === undefined) return quoted(`${name}: ${value}`)
  const variable = name.toUpperCase().replaceAll('-', '_')
  return `"${name}: ${value.slice(0, -mask.length)}$${variable}"`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
