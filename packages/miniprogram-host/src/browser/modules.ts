import { candidatePaths, resolvePath, stemOf } from '../paths.ts'
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
    const require = createRequire(file)
    framework.define(stemOf(file), ({ Page, Component, Behavior }) => {
      const moduleFunction = factory({ ...globals, Page, Component, Behavior })
      moduleFunction.call(undefined, require, module, module.exports)
    })
    return module.exports
  }

  /** `require` of the module in `file`, also in its forms for a subpackage that may not be there yet. */
  const createRequire = (file: string) => {
    const load = (reference: string): unknown => {
      const paths = candidatePaths(file, reference).flatMap((path) => [path, `${path}.js`])
      const target = paths.find((path) => Object.hasOwn(program.modules, path))
      if (target === undefined)
        throw new Error(
          `module '${reference}' is not defined: ${file} requires it, and no file has this name`,
        )
      return run(target)
    }
    const loadLater = async (reference: string): Promise<unknown> => load(reference)
    const require = (
      reference: string,
      loaded?: (exports: unknown) => void,
      failed?: (error: unknown) => void,
    ): unknown => {
      if (loaded === undefined) return load(reference)
      void loadLater(reference).then(loaded, failed)
      return undefined
    }
    return Object.assign(require, { async: loadLater })
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
