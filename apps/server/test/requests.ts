import { type Access, mediaTypeOf, type Route } from '@tael/contracts'
import * as fc from 'fast-check'
import { isMembers, mutated, mutatedBytes, oddText, type Tree, write } from './mutations.ts'
import { type Known, valuesOf } from './schema-values.ts'

/** A request as it is sent. */
export interface FuzzedRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The size of an additional header, in bytes. */
  readonly padding: number
  readonly body: string | null
  /** `latin1`: the body is bytes, one a character. */
  readonly encoding: 'utf8' | 'latin1'
  /** Whether the path certainly leads to the route. */
  readonly isRouted: boolean
}

/** The Authorization header of each kind of caller. */
export type Authorizations = Readonly<Record<Access, string | undefined>>

/**
 * Requests to a route: valid ones, and some with one part or another mutated. `session`: the headers
 * of a console's session, for a route that needs one.
 */
export function requestsTo(
  route: Route,
  known: Known,
  authorizations: Authorizations,
  session: Readonly<Record<string, string>>,
): fc.Arbitrary<FuzzedRequest> {
  return fc
    .record({
      path: pathsOf(route, known),
      query: queriesOf(route, known),
      headers: headersOf(route, authorizations, session),
      padding: mostly(20, fc.constant(0), fc.constantFrom(8_000, 20_000)),
      body: bodiesOf(route, known),
    })
    .map(({ path, query, headers, padding, body }) => ({
      path: path.text + query,
      headers,
      padding,
      ...body,
      isRouted: path.isRouted,
    }))
}

function mostly<T>(weight: number, usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd })
}

const escaped = (text: string): string => encodeURIComponent(text.toWellFormed())
/** A piece of a path or a query: odd texts, and what a URL should never hold. */
const oddPart = fc.oneof(
  oddText.filter(({ length }) => length < 2_000).map(escaped),
  fc.constantFrom('%', '%zz', '%ff', '%00', '%2F', '%C0%AF', '..', '.', '*', ';a=1'),
)

/** Values by their names, as a path or a query holds them. */
function parts(values: Tree): ReadonlyMap<string, string> {
  const members = Object.entries(isMembers(values) ? values : {})
  return new Map(
    members.map(([name, value]) => [name, escaped(typeof value === 'string' ? value : write(value))]),
  )
}

function pathsOf(
  { path, params }: Route,
  known: Known,
): fc.Arbitrary<{ readonly text: string; readonly isRouted: boolean }> {
  if (params === undefined) return fc.constant({ text: path, isRouted: true })
  const fill = (partOf: (name: string) => string): string =>
    path.replace(/:([A-Za-z]+)/g, (_, name: string) => partOf(name))
  const good = valuesOf(params, known).map(parts)
  return mostly<{ readonly text: string; readonly isRouted: boolean }>(
    5,
    good.map((values) => ({ text: fill((name) => values.get(name) ?? ''), isRouted: true })),
    oddPart.map((part) => ({ text: fill(() => part), isRouted: false })),
  )
}

function queriesOf({ query }: Route, known: Known): fc.Arbitrary<string> {
  const good =
    query === undefined ? fc.constant(new Map<string, string>()) : valuesOf(query, known).map(parts)
  const names = fc.constantFrom(...Object.keys(query?.properties ?? {}), 'extra', '__proto__', 'a[b]')
  const more = mostly<readonly (readonly [string, string])[]>(
    query === undefined ? 20 : 2,
    fc.constant([]),
    fc.tuple(names, oddPart).map((pair) => [pair]),
  )
  return fc.tuple(good, more).map(([values, odd]) => {
    const pairs = [...values, ...odd].map(([name, part]) => `${name}=${part}`)
    return pairs.length === 0 ? '' : `?${pairs.join('&')}`
  })
}

type HeaderValue = fc.Arbitrary<string | undefined>

/** Values that a header can hold, and should not. */
const oddHeader = fc.constantFrom('', ' ', ',', ';', 'null', '\u00ff\u00fe', 'x'.repeat(300))

const oddHeaders = fc.constantFrom<Readonly<Record<string, string>>>(
  { accept: 'application/xml' },
  { accept: ';;;' },
  { 'content-encoding': 'gzip' },
  { 'accept-encoding': 'br' },
  { range: 'bytes=0-1' },
  { 'if-none-match': '*' },
  { 'x-http-method-override': 'DELETE' },
  { origin: 'null' },
  { cookie: '='.repeat(2_000) },
)

function headersOf(
  route: Route,
  authorizations: Authorizations,
  session: Readonly<Record<string, string>>,
): fc.Arbitrary<Readonly<Record<string, string>>> {
  const { access, idempotent, body } = route
  const good = authorizations[access]
  const spellings = ['Bearer', 'Basic', `Bearer ${'A'.repeat(43)}`, `bearer ${good}`, `${good}x`]
  const others = fc.constantFrom(undefined, ...spellings, ...Object.values(authorizations))
  const authorization: HeaderValue = mostly<string | undefined>(
    12,
    fc.constant(good),
    fc.oneof(others, oddHeader),
  )
  const noKeys = fc.constantFrom(undefined, 'one-key-for-all-requests', 'short', 'x'.repeat(65))
  const key: HeaderValue = idempotent
    ? mostly<string | undefined>(12, fc.uuid(), fc.oneof(noKeys, oddHeader))
    : fc.constant(undefined)
  const otherTypes = fc.constantFrom(
    undefined,
    'application/json',
    'application/json; charset=utf-16',
    'application/problem+json',
    'text/plain',
    'multipart/form-data',
  )
  const type: HeaderValue = mostly<string | undefined>(
    20,
    fc.constant(body === undefined ? undefined : mediaTypeOf(route)),
    fc.oneof(otherTypes, oddHeader),
  )
  return fc
    .record({
      authorization,
      key,
      type,
      // Each comes from an address of its own: the limits by address have tests of their own.
      address: mostly(20, fc.ipV4(), oddHeader),
      rest: mostly<Readonly<Record<string, string>>>(12, fc.constant(session), oddHeaders),
    })
    .map(({ authorization, key, type, address, rest }) => ({
      ...rest,
      'x-forwarded-for': address,
      ...(authorization === undefined ? {} : { authorization }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(type === undefined ? {} : { 'content-type': type }),
    }))
}

type Body = Pick<FuzzedRequest, 'body' | 'encoding'>
const noBody = fc.constant<Body>({ body: null, encoding: 'utf8' })
const written = (tree: Tree): Body => ({ body: write(tree), encoding: 'utf8' })
const bytesOf = (tree: Tree): fc.Arbitrary<Body> =>
  mutatedBytes(Buffer.from(write(tree))).map((bytes) => ({
    body: bytes.toString('latin1'),
    encoding: 'latin1',
  }))

function bodiesOf(route: Route, known: Known): fc.Arbitrary<Body> {
  const { body: schema } = route
  if (mediaTypeOf(route) === 'text/csv') return reportsOf(known)
  if (schema === undefined) return mostly(8, noBody, mutated({}).map(written))
  const good = valuesOf(schema, known)
  return fc.oneof(
    { weight: 4, arbitrary: good.map(written) },
    { weight: 6, arbitrary: good.chain(mutated).map(written) },
    { weight: 2, arbitrary: good.chain(bytesOf) },
    { weight: 1, arbitrary: noBody },
  )
}

/** Reports, and bytes that are none. */
function reportsOf({ report = fc.constant('') }: Known): fc.Arbitrary<Body> {
  const texts = report.filter((tree) => typeof tree === 'string')
  return fc.oneof(
    { weight: 4, arbitrary: texts.map((body): Body => ({ body, encoding: 'utf8' })) },
    {
      weight: 6,
      arbitrary: texts
        .chain((text) => mutatedBytes(Buffer.from(text)))
        .map((bytes): Body => ({ body: bytes.toString('latin1'), encoding: 'latin1' })),
    },
    { weight: 1, arbitrary: oddText.map((body): Body => ({ body: body.toWellFormed(), encoding: 'utf8' })) },
    { weight: 1, arbitrary: noBody },
  )
}
