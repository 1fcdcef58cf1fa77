import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'

const PackageJson = Type.Object({
  name: Type.String(),
  version: Type.String(),
  license: Type.String(),
  author: Type.Optional(Type.Union([Type.String(), Type.Object({ name: Type.String() })])),
})

/**
 * The licences of the packages that a bundle holds, as their terms demand of every copy. Paths are
 * relative to `folder`. Throws for a package that names no licence.
 */
export async function collectLicences(folder: string, inputs: readonly string[]): Promise<string> {
  const packages = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []))
  const texts = await Promise.all([...packages].map((root) => describePackage(path.join(folder, root))))
  return [...new Set(texts)].toSorted().join(`\n${'-'.repeat(80)}\n\n`)
}

async function describePackage(root: string): Promise<string> {
  const text = await readFile(path.join(root, 'package.json'), 'utf8')
  const { name, version, license, author = 'its authors' } = Parse(PackageJson, JSON.parse(text))
  const files = (await readdir(root)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).toSorted()
  const terms = await Promise.all(files.map((file) => readFile(path.join(root, file), 'utf8')))
  const holder = typeof author === 'string' ? author : author.name
  const found =
    terms.length > 0 ? terms.join('\n') : `Copyright ${holder}. Its package has no text of its licence.`
  return `${name} ${version} (${license})\n\n${found.trim()}\n`
}
