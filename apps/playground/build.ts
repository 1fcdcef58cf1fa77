import { cpSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { buildHostedProgram } from '@tael/miniprogram-host/build'
import { describeProblem } from '@tael/miniprogram-host/check'

const dist = path.join(import.meta.dirname, 'dist')
const page = path.join(import.meta.dirname, 'page')

rmSync(dist, { recursive: true, force: true })
const warnings = await buildHostedProgram({
  programDir: path.join(import.meta.dirname, '../miniprogram/dist'),
  outDir: path.join(dist, 'phone'),
})
for (const warning of warnings) process.stderr.write(`${describeProblem(warning)}\n`)
await build({
  entryPoints: [path.join(page, 'main.ts')],
  outdir: dist,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  logLevel: 'warning',
})
for (const file of ['index.html', 'style.css']) cpSync(path.join(page, file), path.join(dist, file))
