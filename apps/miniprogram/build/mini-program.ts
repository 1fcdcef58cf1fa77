import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type BuildProblem,
  checkSource,
  PRIVATE_APIS,
  type ProgramFiles,
  readFolder,
  throwIfAny,
} from '@tael/miniprogram-host/check'
import { bundleForPhones, phoneProblems } from '@tael/miniprogram-pay/build'
import { colourStyles, contrastProblems, type Palette, themeFile } from './colours.ts'
import { trimmedGoods } from './goods.ts'
import { iconVariables, selectedIcons } from './icons.ts'
import { projectConfig } from './project.ts'
import { type Budget, budgetProblems, type Sizes } from './sizes.ts'

export interface BuildOptions {
  /** The folder of the source. */
  readonly source: string
  /** Emptied first. */
  readonly output: string
  readonly budget: Budget
  readonly appId: string
  readonly palette: Palette
  /** Of the products: files from the root of the program, or addresses. */
  readonly pictures: readonly string[]
}

/** DevTools keeps a developer's own settings in it, in the folder it opened; git ignores it. */
const PRIVATE_SETTINGS = 'project.private.config.json'

/**
 * Builds the folder that WeChat DevTools opens and uploads. Throws a BuildError that lists what
 * would fail on a phone, and then writes nothing.
 */
export async function buildMiniProgram(options: BuildOptions): Promise<Sizes> {
  const { source: root, output, budget, appId, palette, pictures } = options
  const icons = await selectedIcons(root, palette)
  const iconNames = {
    light: iconVariables(icons.keys(), 'light'),
    dark: iconVariables(icons.keys(), 'dark'),
  }
  const source = readFolder(
    root,
    new Map([
      ['colours.wxss', colourStyles(palette)],
      ['theme.json', themeFile(palette, iconNames)],
      ...[...icons.keys()].map((file): [string, string] => [file, '']),
    ]),
  )
  const { units, problems } = checkSource(source)
  throwIfAny([...problems, ...missingPictures(source, pictures), ...contrastProblems(palette)])

  const files = new Map<string, string | Uint8Array>()
  for (const file of source.names) {
    if (!file.endsWith('.ts')) files.set(file, icons.get(file) ?? (await assetOf(root, source, file)))
  }
  const scripts = await bundle(root, ['app', ...units])
  for (const [file, code] of scripts) files.set(file, code)
  files.set('app.json', withPrivateApis(source.text('app.json'), [...scripts.values()]))
  const sizes = new Map([...files].map(([file, content]) => [file, Buffer.byteLength(content)]))
  throwIfAny([
    ...[...scripts].flatMap(([file, code]) => phoneProblems(file, code)),
    ...budgetProblems(sizes, budget),
  ])
  // For DevTools only: it is not uploaded, so it has no size.
  files.set('project.config.json', JSON.stringify(projectConfig(appId), null, 2))
  await write(files, output)
  return sizes
}

function missingPictures(source: ProgramFiles, pictures: readonly string[]): readonly BuildProblem[] {
  return pictures
    .filter((picture) => picture.startsWith('/') && !source.has(picture.slice(1)))
    .map((picture) => ({ message: `${picture.slice(1)} is missing, the picture of a product` }))
}

/** app.json, which declares each private API that a script calls: WeChat refuses any other. */
function withPrivateApis(json: string, scripts: readonly string[]): string {
  const called = PRIVATE_APIS.filter((name) => scripts.some((code) => code.includes(`wx.${name}(`)))
  return JSON.stringify({
    ...JSON.parse(json),
    ...(called.length > 0 ? { requiredPrivateInfos: called } : {}),
  })
}

async function assetOf(root: string, source: ProgramFiles, file: string): Promise<string | Uint8Array> {
  if (file.endsWith('.json')) return JSON.stringify(JSON.parse(source.text(file)))
  if (file.endsWith('.wxss')) return source.text(file)
  return readFile(path.join(root, file))
}

/**
 * Bundles all scripts: packages in `vendor.js`, modules of several pages in `shared.js`, and one file
 * for each page and component.
 */
function bundle(root: string, entries: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const input = Object.fromEntries(entries.map((entry) => [entry, path.join(root, `${entry}.ts`)]))
  const entryFiles = new Set(Object.values(input))
  return bundleForPhones({
    input,
    format: 'cjs',
    plugins: [trimmedGoods()],
    groups: [
      { name: 'vendor', test: (id) => !id.startsWith(root + path.sep) },
      { name: 'shared', test: (id) => id.startsWith(root + path.sep) && !entryFiles.has(id) },
    ],
  })
}

async function write(files: ReadonlyMap<string, string | Uint8Array>, output: string): Promise<void> {
  const kept = await readFile(path.join(output, PRIVATE_SETTINGS)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  await rm(output, { recursive: true, force: true })
  for (const [file, content] of kept === undefined ? files : new Map([...files, [PRIVATE_SETTINGS, kept]])) {
    const target = path.join(output, file)
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, content)
  }
}
