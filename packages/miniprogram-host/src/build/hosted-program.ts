import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { ASSETS_FOLDER } from '../program.ts'
import { compileProgram } from './compile.ts'
import type { BuildProblem } from './problems.ts'

export interface HostedProgramOptions {
  /** The Mini Program: the directory that would be uploaded, or the project that contains it. */
  readonly programDir: string
  /** The directory for the web page; emptied first. */
  readonly outDir: string
}

/** Files that are compiled into the page; the others are copied beside it as assets. */
const COMPILED = /\.(js|json|wxml|wxss|wxs|map)$/

const page = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>Mini Program</title>
<link rel="stylesheet" href="host.css">
<link rel="stylesheet" href="program.css">
<body>
<script src="program.js"></script>
<script src="host.js"></script>
</body>
</html>
`

/**
 * Makes a web page of a built Mini Program; the page needs neither inline script nor `eval`. Throws
 * a BuildError where the Mini Program has problems, and returns warnings of what is not as on a
 * phone.
 */
export async function buildHostedProgram({
  programDir,
  outDir,
}: HostedProgramOptions): Promise<readonly BuildProblem[]> {
  const { root, files, script, styles, warnings } = compileProgram(programDir)

  rmSync(outDir, { recursive: true, force: true })
  mkdirSync(outDir, { recursive: true })
  writeFileSync(path.join(outDir, 'index.html'), page)
  writeFileSync(path.join(outDir, 'program.css'), styles)
  writeFileSync(path.join(outDir, 'program.js'), script)
  for (const file of files.names) {
    if (COMPILED.test(file)) continue
    cpSync(path.join(root, file), path.join(outDir, ASSETS_FOLDER, file), { recursive: true })
  }
  await build({
    entryPoints: {
      host: fileURLToPath(new URL('../browser/index.ts', import.meta.url)),
    },
    outdir: outDir,
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  cpSync(fileURLToPath(new URL('../browser/host.css', import.meta.url)), path.join(outDir, 'host.css'))
  return warnings
}
