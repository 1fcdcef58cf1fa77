import { describeProblem } from '@tael/miniprogram-host/check'
import { describe, expect, test } from 'vitest'
import { phoneProblems } from '../build/phone-check.ts'

function found(code: string): readonly string[] {
  return phoneProblems('page.js', code).map(describeProblem)
}

describe('a global that phones lack', () => {
  test.each(
    'Intl URL URLSearchParams TextEncoder crypto fetch document window localStorage setImmediate process Buffer structuredClone queueMicrotask WeakRef BigInt64Array eval'.split(
      ' ',
    ),
  )('%s is found', (name) => {
    expect(found(`function f(a) { return ${name}(a) }`)).toEqual([
      `page.js:1: ${name} is not a global on every phone`,
    ])
  })

  test('Function is found, in whichever way it is called', () => {
    expect(found('new Function("return 1")')).toHaveLength(1)
    expect(found('Function("return 1")')).toHaveLength(1)
    expect(found('globalThis.Function("return 1")')).toHaveLength(1)
  })

  test('is found with its line, and under globalThis too', () => {
    expect(found('let a\nglobalThis.fetch(a)')).toEqual(['page.js:2: fetch is not a global on every phone'])
    expect(found('let name; globalThis[name]')).toEqual([
      'page.js:1: globalThis[…] is not a global on every phone',
    ])
    expect(found('globalThis.Object.keys(globalThis)')).toHaveLength(1)
  })

  test('may be asked about with typeof', () => {
    expect(found('const has = typeof TextEncoder === "function"')).toEqual([])
    expect(found('const has = typeof new TextEncoder()')).toHaveLength(1)
    expect(found('const has = typeof Intl.NumberFormat')).toHaveLength(1)
  })

  test('is found in default values, computed keys, shorthand and classes', () => {
    expect(found('function f(a = fetch) {}')).toHaveLength(1)
    expect(found('const o = { [URL]: 1 }')).toHaveLength(1)
    expect(found('const o = { URL }')).toHaveLength(1)
    expect(found('class A extends URL { [crypto]() { return Intl } }')).toHaveLength(3)
    expect(found('const { a = fetch } = module')).toHaveLength(1)
    expect(found('fetch = 1; [URL] = []; for (crypto of []);')).toHaveLength(3)
    expect(found('label: `${Intl}`')).toHaveLength(1)
  })
})

describe('a name is not a missing global where it is declared, a property or a label', () => {
  test.each([
    'const URL = 1; URL',
    'f(); function f() { return fetch(); function fetch() {} }',
    'if (1) { var crypto = 1 } crypto',
    'function f({ a: [URL], ...window }) { return URL + window }',
    'try {} catch (process) { process }',
    'const f = function Intl() { return Intl }; const C = class URL { self() { return URL } }',
    'for (const fetch of []) fetch',
    'a: for (;;) { break a }',
    'const o = { URL: 1, fetch() {} }; o.URL + o.fetch(); class A { crypto = 1; eval() {} }',
    'function f() { return arguments.length + new.target } class A { static #a = 1; b() { return A.#a } }',
    'escape(unescape("")); new AggregateError([])',
    'wx.request({}); Page({}); require("./a.js"); exports.a = new Map([[1n, Symbol.iterator]])',
  ])('%s', (code) => {
    expect(found(code)).toEqual([])
  })

  test('a declaration inside does not cover a use outside', () => {
    expect(found('{ const fetch = 1 } fetch')).toHaveLength(1)
    expect(found('function f() { var URL = 1 } URL')).toHaveLength(1)
  })
})

describe('syntax that phones lack', () => {
  test('is a lookbehind, as a literal and as text', () => {
    expect(found('/(?<=a)b/.test("ab")')).toHaveLength(1)
    expect(found('new RegExp("(?<!a)b")')).toHaveLength(1)
    expect(found('/(?<name>a)(?=b)/.test("ab")')).toEqual([])
  })

  test('is what does not parse at all', () => {
    expect(found('let a\nconst = 1')).toEqual([expect.stringMatching(/^page\.js:2: /)])
  })
})
