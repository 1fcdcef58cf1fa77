import * as fc from 'fast-check'

/**
 * A text that is written into JSON unchanged, so that JSON can be wrong, or hold more than
 * JavaScript's values.
 */
export class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** JSON before it is written. */
export type Tree = null | boolean | number | string | Raw | readonly Tree[] | Members
export interface Members {
  readonly [name: string]: Tree
}

export function isMembers(tree: Tree | undefined): tree is Members {
  return typeof tree === 'object' && tree !== null && !(tree instanceof Raw) && !isArray(tree)
}

/** `Array.isArray` does not know readonly arrays. */
function isArray(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree)
}

export function write(tree: Tree): string {
  if (tree instanceof Raw) return tree.text
  if (isArray(tree)) return `[${tree.map(write).join(',')}]`
  if (!isMembers(tree)) return JSON.stringify(tree)
  const members = Object.entries(tree).map(([name, part]) => `${JSON.stringify(name)}:${write(part)}`)
  return `{${members.join(',')}}`
}

/** The value of a JSON text; undefined where the text is not JSON. */
export function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Texts that often break something: NUL, halves of characters, names of prototypes, lengths near a
 * limit.
 */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'x\u0000',
    '\ud800',
    '\udfff\ud800',
    '\ufeff',
    '\u202e',
    '支付😀',
    "' or 1=1 --",
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'null',
    'true',
    '-1',
    '1e999',
    'NaN',
    '%00',
    '../..',
    '{}',
    ':',
    '::::',
  ),
  fc.constantFrom(63, 64, 65, 128, 129, 256, 512, 513, 3000, 40_000).map((length) => 'x'.repeat(length)),
  // Any code points at all, halves of characters among them.
  fc
    .constantFrom(0x7f, 0xffff, 0x10_ffff)
    .chain((max) => fc.array(fc.nat({ max }), { maxLength: 40 }))
    .map((points) => String.fromCodePoint(...points)),
)

const oddNumber: fc.Arbitrary<Tree> = fc.oneof(
  fc.constantFrom(-1, 0, 0.5, 1.5, 1e-7, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 1e21, Number.MAX_VALUE),
  fc.constantFrom('-0', '1e400', '-1e400', '9007199254740993', '1'.repeat(400)).map((text) => new Raw(text)),
  fc.integer(),
)

const deep: fc.Arbitrary<Tree> = fc
  .tuple(fc.constantFrom(10, 90, 110, 1_000, 8_000, 30_000), fc.constantFrom(['[', ']'], ['{"a":', '}']))
  .map(([depth, [open = '', close = '']]) => new Raw(`${open.repeat(depth)}1${close.repeat(depth)}`))

const poisoned: fc.Arbitrary<Tree> = fc
  .constantFrom(
    '{"__proto__":{"success":"true"}}',
    '{"\\u005f_proto__":null}',
    '{"constructor":{"prototype":{"success":"true"}}}',
    '{"a":1,"a":2}',
  )
  .map((text) => new Raw(text))

/** What is not JSON. */
const broken: fc.Arbitrary<Tree> = fc
  .constantFrom(
    '',
    'undefined',
    'NaN',
    '01',
    '+1',
    "'x'",
    '"\\x41"',
    '"\\ud8"',
    '"\u0001"',
    '[1,]',
    '{"a":}',
    '/**/1',
  )
  .map((text) => new Raw(text))

const oddTree: fc.Arbitrary<Tree> = fc.oneof(
  { weight: 5, arbitrary: oddText },
  { weight: 5, arbitrary: oddNumber },
  { weight: 4, arbitrary: fc.constantFrom<Tree>(null, true, false, [], {}, [[]], [null], { a: {} }) },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: fc.constant(new Raw(`[${'0,'.repeat(20_000)}0]`)) },
  { weight: 1, arbitrary: poisoned },
  { weight: 1, arbitrary: broken },
)

/** What replaces one place in a tree; undefined: the place is left out. */
type Change = (before: Tree, odd: Tree, name: string) => Tree | undefined

const changes: readonly Change[] = [
  (_, odd) => odd,
  () => undefined,
  (before) => [before],
  (before) => [before, before],
  (before) => ({ value: before }),
  // The same in another type.
  (before) => (typeof before === 'string' ? new Raw(before) : write(before)),
  // An additional member, with an odd name or a plain one.
  (before, odd, name) => (isMembers(before) ? { ...before, ...Object.fromEntries([[name, odd]]) } : odd),
]

type Path = readonly string[]

/** Every place in a tree, its root first. */
function placesIn(tree: Tree): Path[] {
  if (tree instanceof Raw || typeof tree !== 'object' || tree === null) return [[]]
  const below = Object.entries(tree).flatMap(([name, part]: [string, Tree]) =>
    placesIn(part).map((path) => [name, ...path]),
  )
  return [[], ...below]
}

function changeAt(
  tree: Tree,
  [first, ...rest]: Path,
  change: (before: Tree) => Tree | undefined,
): Tree | undefined {
  if (first === undefined) return change(tree)
  if (tree instanceof Raw || typeof tree !== 'object' || tree === null) return tree
  const parts = Object.entries(tree).flatMap(([name, part]: [string, Tree]): [string, Tree][] => {
    const now = name === first ? changeAt(part, rest, change) : part
    return now === undefined ? [] : [[name, now]]
  })
  return isArray(tree) ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}

function mutatedOnce(tree: Tree): fc.Arbitrary<Tree> {
  return fc
    .tuple(
      fc.constantFrom(...placesIn(tree)),
      fc.constantFrom(...changes),
      oddTree,
      fc.oneof(oddText, fc.constant('extra')),
    )
    .map(
      ([place, change, odd, name]) =>
        changeAt(tree, place, (before) => change(before, odd, name)) ?? new Raw(''),
    )
}

/**
 * The tree with one, sometimes two places of it wrong: missing, of another type, too many, huge,
 * deep, not JSON.
 */
export function mutated(tree: Tree): fc.Arbitrary<Tree> {
  return fc.oneof(
    { weight: 3, arbitrary: mutatedOnce(tree) },
    { weight: 1, arbitrary: mutatedOnce(tree).chain(mutatedOnce) },
  )
}

/**
 * The bytes with up to four of their bits flipped, pieces cut out, doubled or replaced by others.
 */
export function mutatedBytes(bytes: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat({ max: Math.max(0, bytes.length - 1) })
  const edit = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(at, fc.nat({ max: 7 })).map(([index, bit]) => flip(index, bit)) },
    {
      weight: 1,
      arbitrary: fc.tuple(at, fc.nat({ max: 30 })).map(([from, length]) => cut(from, from + length)),
    },
    { weight: 1, arbitrary: at.map((from) => cut(from, Number.POSITIVE_INFINITY)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(at, fc.uint8Array({ minLength: 1, maxLength: 8 }))
        .map(([index, more]) => insert(index, more)),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(at, fc.nat({ max: 30 })).map(([index, length]) => double(index, length)),
    },
  )
  return fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((edits) => edits.reduce((edited, one) => one(edited), bytes))
}

type Edit = (bytes: Buffer) => Buffer

const flip =
  (index: number, bit: number): Edit =>
  (bytes) =>
    Buffer.from(bytes.map((byte, at) => (at === index ? byte ^ (1 << bit) : byte)))
const cut =
  (from: number, to: number): Edit =>
  (bytes) =>
    Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
const insert =
  (index: number, more: Uint8Array): Edit =>
  (bytes) =>
    Buffer.concat([bytes.subarray(0, index), more, bytes.subarray(index)])
const double =
  (index: number, length: number): Edit =>
  (bytes) =>
    insert(index, bytes.subarray(index, index + length))(bytes)
