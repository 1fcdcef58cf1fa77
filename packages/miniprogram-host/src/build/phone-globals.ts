import globals from 'globals'
import { MODULE_GLOBALS } from '../program.ts'

/** The lowest engine versions of base library 3.6 and later (npm miniprogram-compat). */
export const PHONE_ENGINES = { ios: 14, chrome: 86 } as const

/** ECMAScript's globals in those engines, without Intl and eval, which WeChat lacks. */
export const LANGUAGE_GLOBALS: readonly string[] = [
  'Object Function Array String Number Boolean Symbol BigInt Math JSON Date RegExp Promise Proxy Reflect',
  'Map Set WeakMap WeakSet Error AggregateError EvalError RangeError ReferenceError SyntaxError',
  'TypeError URIError ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array',
  'Uint16Array Int32Array Uint32Array Float32Array Float64Array',
  'undefined NaN Infinity isNaN isFinite parseInt parseFloat',
  'encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape',
].flatMap((names) => names.split(' '))

/** Functions and objects of the platform on every phone. */
export const PLATFORM_GLOBALS: readonly string[] =
  'console setTimeout clearTimeout setInterval clearInterval'.split(' ')

/** WeChat's name for the object that all modules share. */
export const SHARED_GLOBAL = 'global'

/** Parameters of the function that WeChat's loader puts round each module. */
export const WRAPPER_GLOBALS: readonly string[] = ['require', 'module', 'exports']

/** Names that WeChat's own loader hides (seen in shipped packages) and that no browser has. */
const HIDDEN_BY_WECHAT = ['Caches', 'Reporter', 'webkit', 'WeixinJSCore']

const phoneGlobals: ReadonlySet<string> = new Set([
  ...LANGUAGE_GLOBALS,
  ...PLATFORM_GLOBALS,
  ...MODULE_GLOBALS,
  ...WRAPPER_GLOBALS,
  SHARED_GLOBAL,
  'globalThis',
])

/**
 * What a browser or Node.js has and a phone does not. Not `eval`, a reserved name: a page without
 * `unsafe-eval` refuses it.
 */
export const MISSING_GLOBALS: readonly string[] = [
  ...new Set([
    ...Object.keys(globals.browser),
    ...Object.keys(globals.node),
    ...Object.keys(globals.builtin),
    ...HIDDEN_BY_WECHAT,
  ]),
].filter((name) => !phoneGlobals.has(name) && name !== 'eval')
