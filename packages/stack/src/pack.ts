import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'

/** A package as it would be published. */
export interface Tarball {
  /** The package's name. */
  readonly name: string
  readonly path: string
}

const Packed = Type.Object({ name: Type.String(), filename: Type.String() })

/** Builds and packs the workspace `packages/<folder>` into the folder `destination`. */
export async function packWorkspace(folder: string, destination: string): Promise<Tarball> {
  const cwd = fileURLToPath(new URL(`../../${folder}`, import.meta.url))
  const args = ['pack', '--json', '--pack-destination', destination]
  const { stdout } = await promisify(execFile)('pnpm', args, { cwd }).catch((error: unknown) => {
    // pnpm writes its errors to stdout.
    throw new Error(`${folder} cannot be packed: ${outputOf(error)}`, { cause: error })
  })
  // The output of the package's own build comes first.
  const { name, filename } = Parse(Packed, JSON.parse(stdout.slice(stdout.indexOf('\n{') + 1)))
  return { name, path: path.resolve(destination, filename) }
}

function outputOf(error: unknown): string {
  return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
}
