import { type ESTree, parseSync, Visitor, type VisitorObject } from 'rolldown/utils'
import { Scopes } from './scopes.ts'

/**
 * The globals a script may use on every phone: WeChat's own, and ECMAScript as of iOS 14 and Chrome 86, the engines of
 * base library 3.6 and later (the npm package miniprogram-compat; developers.weixin.qq.com, JS support). Not here,
 * because phones lack them: Intl, URL, TextEncoder, crypto, fetch, window, process and the like. Not here, because WeChat forbids them: eval and Function.
 */
const phoneGlobals: ReadonlySet<string> = new Set(
  `App Page Component Behavior getApp getCurrentPages wx require module exports console
  setTimeout clearTimeout setInterval clearInterval
  undefined NaN Infinity arguments isNaN isFinite parseInt parseFloat
  encodeURI encodeURIComponent decodeURI decodeURIComponent
  Object Array String Number Boolean Symbol BigInt Math JSON Date RegExp Promise Proxy Reflect Map Set WeakMap WeakSet
  Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
  ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array
  Float32Array Float64Array BigInt64Array BigUint64Array`
    .split(/\s+/)
    .filter(Boolean),
)

/** Regular expressions with a lookbehind do not even parse before iOS 16.4, and no build step can rewrite them. */
const LOOKBEHIND = /\(\?<[=!]/

/** What in a built script would break on a phone, as sentences that name the file and the line. */
export function phoneProblems(fileName: string, code: string): readonly string[] {
  const { program, errors } = parseSync(fileName, code, { lang: 'js', sourceType: 'script' })
  if (errors.length > 0) return errors.map(({ message }) => `${fileName}: ${message}`)
  const place = (at: number): string => `${fileName}:${code.slice(0, at).split('\n').length}`

  const scopes = new Scopes()
  const lookbehinds: number[] = []
  new Visitor({
    ...scopes.visitor(),
    ...notUses(scopes),
    Literal: (literal) => {
      const text = 'regex' in literal ? literal.regex.pattern : literal.value
      if (typeof text === 'string' && LOOKBEHIND.test(text)) lookbehinds.push(literal.start)
    },
  }).visit(program)
  return [
    ...scopes
      .undeclared()
      .filter(({ name }) => !phoneGlobals.has(name))
      .map(({ name, at }) => `${place(at)}: ${name} is no global of every phone`),
    ...lookbehinds.map((at) => `${place(at)}: a regular expression with a lookbehind does not parse on iOS`),
  ]
}

/** Identifiers that use no variable: the names of properties and labels, and what `typeof` may always ask about. */
function notUses(scopes: Scopes): VisitorObject {
  const name = (node: ESTree.Node, computed: boolean): void => {
    if (!computed) scopes.ignore(node)
  }
  const label = (node: ESTree.Node | null): void => {
    if (node !== null) scopes.ignore(node)
  }
  return {
    Property: ({ key, computed, shorthand }) => name(key, computed || shorthand),
    MethodDefinition: ({ key, computed }) => name(key, computed),
    PropertyDefinition: ({ key, computed }) => name(key, computed),
    LabeledStatement: (statement) => label(statement.label),
    BreakStatement: (statement) => label(statement.label),
    ContinueStatement: (statement) => label(statement.label),
    MetaProperty: ({ meta, property }) => {
      scopes.ignore(meta)
      scopes.ignore(property)
    },
    UnaryExpression: ({ operator, argument }) => {
      if (operator === 'typeof') scopes.ignore(argument)
    },
    MemberExpression: ({ object, property, computed }) => {
      // `globalThis.X` is X, spelt another way; `globalThis[x]` could be anything and is reported.
      if (object.type === 'Identifier' && object.name === 'globalThis' && !computed) scopes.ignore(object)
      else name(property, computed)
    },
  }
}
