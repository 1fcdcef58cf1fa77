import { glassEasel } from 'glass-easel-miniprogram-adapter'
import type { Warn } from './hooks.ts'

/**
 * Makes `setData` throw a TypeError for values that a phone would lose: there, data passes from the
 * script thread to the view as JSON. A member that is undefined is not set, as on a phone, and
 * warned of (developers.weixin.qq.com, setData).
 */
export function guardSetData(warn: Warn): void {
  warnNow = warn
  if (guarding) return
  guarding = true
  for (const [name, checked] of Object.entries(CHECKED)) {
    const original: unknown = Reflect.get(glassEasel.Component.prototype, name)
    if (typeof original !== 'function') throw new TypeError(`glass-easel has no ${name}`)
    Reflect.set(
      glassEasel.Component.prototype,
      name,
      function guarded(this: object, ...parameters: readonly unknown[]): unknown {
        const data = parameters[checked] ?? {}
        const passed = [...parameters]
        if (checked === 0) passed[0] = withoutUndefined(data, name)
        assertJson(passed[checked] ?? {}, name)
        if (name === 'setData')
          globalThis.watchSetData?.(bytesOf(passed[0]), bytesOf(Reflect.get(this, 'data')))
        return Reflect.apply(original, this, passed)
      },
    )
  }
}

declare global {
  /** Set by who measures: gets the bytes of JSON of each setData, and of all data of its component. */
  var watchSetData: ((sent: number, whole: number) => void) | undefined
}

function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

let guarding = false
let warnNow: Warn = () => {}

/** The data without its undefined members. */
function withoutUndefined(data: unknown, name: string): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data
  const missing = Object.keys(data).filter((key) => Reflect.get(data, key) === undefined)
  for (const key of missing) warnNow(`${name}: ${key} is undefined, so it is not set`)
  return missing.length === 0
    ? data
    : Object.fromEntries(Object.entries(data).filter(([key]) => !missing.includes(key)))
}

/** glass-easel's methods that change data, and the index of the parameter with the new data. */
const CHECKED = { setData: 0, updateData: 0, replaceDataOnPath: 1, spliceArrayDataOnPath: 3 } as const

function assertJson(value: unknown, path: string, parents: readonly object[] = []): void {
  const refuse = (what: string): never => {
    throw new TypeError(`${path}: ${what} cannot pass from the script to the view, because it is not JSON`)
  }
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return
    case 'number':
      if (!Number.isFinite(value)) refuse(String(value))
      return
    case 'undefined':
    case 'function':
    case 'symbol':
    case 'bigint':
      refuse(`a value of type ${typeof value}`)
      return
    case 'object':
      break
  }
  if (value === null) return
  if (parents.includes(value)) refuse('an object that contains itself')
  if (Array.isArray(value)) {
    value.forEach((item, index) => assertJson(item, `${path}[${index}]`, [...parents, value]))
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) refuse(`an instance of ${value.constructor.name}`)
  const optional = parents.length > 0
  for (const [key, item] of Object.entries(value)) {
    // JSON omits an undefined member, which reads the same on both sides.
    if (item === undefined && optional) continue
    assertJson(item, `${path}.${key}`, [...parents, value])
  }
}
