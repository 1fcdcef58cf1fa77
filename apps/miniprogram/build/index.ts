import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { rolldown } from 'rolldown'
import { colourStyles, contrastProblems, type Palette, themeFile } from './colours.ts'
import { trimmedContract } from './contract.ts'
import { trimmedGoods } from './goods.ts'
import { phoneProblems } from './phone-globals.ts'
import { BuildError } from './problems.ts'
import { projectConfig } from './project.ts'
import { type Budget, budgetProblems, type Sizes } from './sizes.ts'
import { readSource, type Source } from './source.ts'
import { templateProblems } from './templates.ts'
import { findUnits, type Unit } from './units.ts'

export interface BuildOptions {
  readonly source: string
  /** Emptied first. */
  readonly output: string
  readonly budget: Budget
  readonly appId: string
  readonly palette: Palette
  /** Of the goods: files from the root of the program, or addresses. */
  readonly pictures: readonly string[]
}

/** What developers keep in the opened folder: DevTools writes it and git ignores it. */
const PRIVATE = 'project.private.config.json'

/**
 * Builds a Mini Program: what comes out is what WeChat DevTools opens and uploads. Throws a BuildError that names
 * everything that would fail on a phone; then the output is not to be used.
 */
export async function buildMiniProgram({
  source: root,
  output,
  budget,
  appId,
  palette,
  pictures,
}: BuildOptions): Promise<Sizes> {
  const made = new Map([
    ['colours.wxss', colourStyles(palette)],
    ['theme.json', themeFile(palette)],
  ])
  const source = await readSource(root, made)
  const { units, problems } = await findUnits(source)
  throwIfAny([
    ...problems,
    ...missingPictures(source, pictures),
    ...contrastProblems(palette),
    ...(await templateProblems(source, units)),
  ])

  const files = new Map<string, string | Uint8Array>()
  for (const file of source.files) {
    if (!file.endsWith('.ts')) files.set(file, await assetOf(source, file))
  }
  for (const [file, code] of await bundle(source, units)) files.set(file, code)
  const sizes = new Map([...files].map(([file, content]) => [file, Buffer.byteLength(content)]))
  const scripts = [...files].filter(([file]) => file.endsWith('.js'))
  throwIfAny([
    ...scripts.flatMap(([file, code]) => phoneProblems(file, String(code))),
    ...budgetProblems(sizes, budget),
  ])
  // It tells DevTools how to open the folder and is no part of what is uploaded.
  files.set('project.config.json', JSON.stringify(projectConfig(appId), null, 2))
  await write(files, output)
  return sizes
}

function missingPictures({ files }: Source, pictures: readonly string[]): readonly string[] {
  return pictures
    .filter((picture) => picture.startsWith('/') && !files.has(picture.slice(1)))
    .map((picture) => `${picture.slice(1)} is missing: it is the picture of a product`)
}

function throwIfAny(problems: readonly string[]): void {
  if (problems.length > 0) throw new BuildError(problems)
}

async function assetOf(source: Source, file: string): Promise<string | Uint8Array> {
  if (file.endsWith('.json')) return JSON.stringify(JSON.parse(await source.text(file)))
  if (file.endsWith('.wxss')) return source.text(file)
  return readFile(path.join(source.root, file))
}

/**
 * All scripts in one pass, so that what pages share is there once and a module's state is one: what is not ours in
 * `vendor.js`, what several pages use in `shared.js`, and of each page its own file.
 */
async function bundle({ root, files }: Source, units: readonly Unit[]): Promise<ReadonlyMap<string, string>> {
  const entries = ['app', ...units.map((unit) => unit.path)].filter((entry) => files.has(`${entry}.ts`))
  const entryFiles = new Set(entries.map((entry) => path.join(root, `${entry}.ts`)))
  const build = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry, path.join(root, `${entry}.ts`)])),
    platform: 'neutral',
    plugins: [trimmedContract(), trimmedGoods()],
    treeshake: { manualPureFunctions: ['Type', 'meaning'] },
    resolve: { mainFields: ['module', 'main'] },
    // The engines of base library 3.6 and later (npm miniprogram-compat).
    transform: { target: ['ios14', 'chrome86'] },
    onLog(_level, log) {
      throw new BuildError([log.message])
    },
  })
  try {
    const { output } = await build.generate({
      format: 'cjs',
      minify: true,
      entryFileNames: '[name].js',
      chunkFileNames: '[name].js',
      codeSplitting: {
        groups: [
          { name: 'vendor', test: (id) => !id.startsWith(root + path.sep) },
          { name: 'shared', test: (id) => id.startsWith(root + path.sep) && !entryFiles.has(id) },
        ],
      },
    })
    return new Map(
      output.flatMap((each) => (each.type === 'chunk' ? [[each.fileName, each.code] as const] : [])),
    )
  } finally {
    await build.close()
  }
}

async function write(files: ReadonlyMap<string, string | Uint8Array>, output: string): Promise<void> {
  const kept = await readFile(path.join(output, PRIVATE)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  await rm(output, { recursive: true, force: true })
  for (const [file, content] of kept === undefined ? files : new Map([...files, [PRIVATE, kept]])) {
    const target = path.join(output, file)
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, content)
  }
}
