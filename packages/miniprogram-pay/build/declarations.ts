import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { Amount, Payment, RequestPaymentParameters } from '@tael/contracts'
import { compile } from 'json-schema-to-typescript'

/** The schemas whose types the declarations name. */
const schemas = { Amount, Payment, RequestPaymentParameters }

const CONTRACTS = 'contracts.d.ts'

/**
 * Writes the declarations of these entries, and of what they import, into `folder`. They import no
 * package: the types of the contract are written out from its schemas.
 */
export async function writeDeclarations(
  root: string,
  folder: string,
  entries: readonly string[],
): Promise<void> {
  const emitted = await mkdtemp(path.join(root, 'node_modules', '.declarations-'))
  try {
    await emit(root, emitted)
    const files = new Map<string, string>()
    const collect = async (name: string): Promise<void> => {
      if (files.has(name)) return
      const text = await readFile(path.join(emitted, name), 'utf8')
      files.set(name, text.replaceAll(`'@tael/contracts'`, `'./${CONTRACTS}'`))
      for (const [, imported = ''] of text.matchAll(/from '\.\/([^']+)\.ts'/g))
        await collect(`${imported}.d.ts`)
    }
    for (const entry of entries) await collect(`${entry}.d.ts`)
    files.set(CONTRACTS, await contractTypes())
    for (const [name, text] of files)
      await writeFile(path.join(folder, name), text.replaceAll(/(from '\.\/[^']+?)(?:\.d)?\.ts'/g, "$1.js'"))
  } finally {
    await rm(emitted, { recursive: true })
  }
}

async function emit(root: string, folder: string): Promise<void> {
  const project = path.join(root, 'tsconfig.json')
  const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly']
  const places = ['--rootDir', path.join(root, 'src'), '--outDir', folder]
  await promisify(execFile)(path.join(root, 'node_modules', '.bin', 'tsc'), [
    '-p',
    project,
    ...options,
    ...places,
  ])
}

/** One interface for each schema that has a title. */
async function contractTypes(): Promise<string> {
  // Its typings are of draft 4 of JSON Schema; it reads the later ones too.
  const properties: NonNullable<Parameters<typeof compile>[0]['properties']> = {}
  Object.assign(properties, schemas)
  const root = { type: 'object', properties, additionalProperties: false } as const
  const types = await compile(root, 'Schemas', { additionalProperties: false, bannerComment: '' })
  // The first interface is that of the root, which only leads to the others.
  return types.slice(types.indexOf('export interface', 1))
}
