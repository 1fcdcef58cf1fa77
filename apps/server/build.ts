import { mkdir, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { describeServer } from './src/describe.ts'

/**
 * The deployable: the server and the operator's commands, each one file with our own packages inlined, beside
 * migrations/ as in the source tree, and the OpenAPI description of what the server serves. npm packages stay
 * external.
 */
await rm('dist', { recursive: true, force: true })
await mkdir('dist')
await build({
  entryPoints: ['src/main.ts', 'src/command.ts'],
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  packages: 'external',
  alias: {
    '@tael/adyen': '../../packages/adyen/src/index.ts',
    '@tael/contracts': '../../packages/contracts/src/index.ts',
    '@tael/miniprogram/goods': '../miniprogram/src/merchant/goods.ts',
  },
  sourcemap: true,
  logLevel: 'warning',
})
await writeFile('dist/openapi.json', `${JSON.stringify(await describeServer(), null, 2)}\n`)
