import type { BrowserProgram, Framework } from './framework.ts'

/** Globals of a Mini Program that are the same in every module. */
export interface Globals {
  readonly App: (definition: object) => void
  readonly getApp: () => object | undefined
  readonly getCurrentPages: () => readonly object[]
  readonly wx: object
}

/** Runs the Mini Program's modules, each once, when first needed. */
export interface Modules {
  run(file: string): unknown
  /** Runs the script of a page or component and, before it, of every component it uses. */
  define(unit: string): void
}

/** Standard built-ins that `globalThis` has on a phone (ECMAScript 2020 and timers); `window` is not among them. */
const STANDARD = (
  'Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp ' +
  'Error EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON Math ArrayBuffer Uint8Array ' +
  'Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array Uint8ClampedArray ' +
  'BigUint64Array BigInt64Array DataView Map BigInt Set WeakMap WeakSet Proxy Reflect decodeURI ' +
  'decodeURIComponent encodeURI encodeURIComponent escape unescape isFinite isNaN console setTimeout clearTimeout ' +
  'setInterval clearInterval'
).split(' ')

export function createModules(program: BrowserProgram, framework: Framework, globals: Globals): Modules {
  const loaded = new Map<string, { exports: unknown }>()
  const defined = new Set<string>()
  const phoneGlobals = Object.fromEntries(
    STANDARD.map((name): [string, unknown] => [name, Reflect.get(globalThis, name)]),
  )

  const run = (file: string): unknown => {
    const known = loaded.get(file)
    if (known !== undefined) return known.exports
    const factory = program.modules[file]
    if (factory === undefined) throw new Error(`module '${file}' is not defined`)
    const module: { exports: unknown } = { exports: {} }
    loaded.set(file, module)
    const require = (path: string): unknown => {
      const target = resolvePath(file, path)
      return run(target.endsWith('.js') ? target : `${target}.js`)
    }
    framework.define(file.replace(/\.js$/, ''), ({ Page, Component, Behavior }) => {
      const { App, getApp, getCurrentPages, wx } = globals
      factory(phoneGlobals, App, Page, Component, Behavior, getApp, getCurrentPages, wx).call(
        undefined,
        require,
        module,
        module.exports,
      )
    })
    return module.exports
  }

  const define = (unit: string): void => {
    if (defined.has(unit)) return
    defined.add(unit)
    for (const reference of Object.values(program.units[unit]?.usingComponents ?? {}))
      define(resolvePath(unit, reference))
    run(`${unit}.js`)
  }
  const defineWithShared = (unit: string): void => {
    for (const reference of Object.values(program.app.usingComponents ?? {}))
      define(resolvePath('app', reference))
    define(unit)
  }
  return { run, define: defineWithShared }
}

/** `path` as written in the file `from`; one that starts with `/` starts at the Mini Program's root. */
export function resolvePath(from: string, path: string): string {
  const parts = path.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}
