import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { BuildError, throwIfAny } from '@tael/miniprogram-host/check'
import { bundleForPhones } from './bundle.ts'
import { writeDeclarations } from './declarations.ts'
import { phoneProblems } from './phone-check.ts'

const entries = ['index', 'simulated-cashier'] as const

/** The folder for bundlers, and the one that WeChat's npm copies into a Mini Program. */
const MODULES = 'dist'
const COMMONJS = 'miniprogram_dist'

/** All scripts of a folder together, in bytes. */
export const BYTES_MAX = 30 * 1024

export function sizeOf(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`
}

/**
 * Builds the package of the sources in `root` into `output`: ES modules, and CommonJS for WeChat's npm,
 * both with types. Returns the bytes of the scripts in each folder. Throws a BuildError that lists what
 * would fail on a phone.
 */
export async function buildPackage(root: string, output: string): Promise<ReadonlyMap<string, number>> {
  const types = path.join(output, MODULES)
  const commonJs = path.join(output, COMMONJS)
  const sizes = new Map([
    [MODULES, await buildScripts(root, types, 'es')],
    [COMMONJS, await buildScripts(root, commonJs, 'cjs')],
  ])
  await writeDeclarations(root, types, entries)
  await cp(types, commonJs, { recursive: true, filter: (file) => !file.endsWith('.js') })
  // The package's own type is module. Node.js reads this file; phones do not.
  await writeFile(path.join(commonJs, 'package.json'), '{ "type": "commonjs" }\n')
  return sizes
}

/** Both entries share a script, so that an error of one is recognised by the other. */
async function buildScripts(root: string, folder: string, format: 'es' | 'cjs'): Promise<number> {
  const input = Object.fromEntries(entries.map((entry) => [entry, path.join(root, 'src', `${entry}.ts`)]))
  const groups = [{ name: 'shared', minShareCount: entries.length }]
  const scripts = await bundleForPhones({ input, format, target: 'es2018', groups })
  const bytes = [...scripts.values()].reduce((sum, code) => sum + Buffer.byteLength(code), 0)
  // The check reads scripts; the modules have the same code.
  if (format === 'cjs') throwIfAny([...scripts].flatMap(([file, code]) => phoneProblems(file, code)))
  if (bytes > BYTES_MAX)
    throw new BuildError([{ message: `the scripts have ${sizeOf(bytes)}, more than ${sizeOf(BYTES_MAX)}` }])
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const [file, code] of scripts) await writeFile(path.join(folder, file), code)
  return bytes
}
