import { resolvePath, stemOf } from '../paths.ts'
import type { BrowserProgram, Framework } from './framework.ts'

/** Globals that are the same in every module. */
export interface Globals {
  readonly App: (definition: object) => void
  readonly getApp: () => object | undefined
  readonly getCurrentPages: () => readonly object[]
  readonly wx: object
}

/** Runs each module of the Mini Program once, when it is first required. */
export interface Modules {
  run(file: string): unknown
  /** Runs the script of a page or component and, before it, of every component it uses. */
  define(unit: string): void
}

export function createModules(program: BrowserProgram, framework: Framework, globals: Globals): Modules {
  const loaded = new Map<string, { exports: unknown }>()
  const defined = new Set<string>()

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
    framework.define(stemOf(file), ({ Page, Component, Behavior }) => {
      const moduleFunction = factory({ ...globals, Page, Component, Behavior })
      moduleFunction.call(undefined, require, module, module.exports)
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
