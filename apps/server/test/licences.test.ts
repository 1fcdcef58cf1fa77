import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const built = (name: string): Promise<string> => readFile(new URL(`../dist/${name}`, import.meta.url), 'utf8')

test('the licence of every package that the built files hold is beside them', async () => {
  const licences = await built('THIRD-PARTY-LICENCES.txt')
  const packages = new Set<string>()
  for (const file of ['main.bundle.js', 'command.bundle.js']) {
    // esbuild names the source of each part.
    for (const [, name = ''] of (await built(file)).matchAll(
      /^\s*\/\/ .*\/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\/[^\n]*$/gm,
    ))
      packages.add(name)
  }
  expect(packages.size).toBeGreaterThan(30)
  expect([...packages].filter((name) => !licences.includes(`${name} `))).toEqual([])
  // The terms themselves, not only their names.
  expect(licences.match(/Permission is hereby granted/g)?.length).toBeGreaterThan(30)
})
