import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buildMiniProgram } from '@tael/miniprogram/build'
import { colours } from '@tael/miniprogram/colours'
import { buildHostedProgram } from '@tael/miniprogram-host/build'

const miniProgram = path.join(import.meta.dirname, '../apps/miniprogram')

export interface ChangedShop {
  /** The folder that a phone of the playground runs. */
  readonly program: string
  readonly remove: () => Promise<void>
}

/** Builds the Mini Program of a merchant who changed one setting of merchant/shop.ts. */
export async function buildChangedShop(from: string, to: string): Promise<ChangedShop> {
  // Inside node_modules the copy still finds the packages, and no other check reads it.
  const parent = path.join(miniProgram, 'node_modules', '.tael')
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(path.join(parent, 'shop-'))
  const source = path.join(folder, 'src')
  const output = path.join(folder, 'dist')
  const program = path.join(folder, 'phone')
  await cp(path.join(miniProgram, 'src'), source, { recursive: true })
  const shop = path.join(source, 'merchant/shop.ts')
  const text = await readFile(shop, 'utf8')
  if (!text.includes(from)) throw new Error(`${shop} does not contain: ${from}`)
  await writeFile(shop, text.replace(from, to))
  const budget = { total: Infinity, script: Infinity }
  await buildMiniProgram({ source, output, budget, appId: 'wx1', palette: colours, pictures: [] })
  await buildHostedProgram({ programDir: output, outDir: program })
  return { program, remove: () => rm(folder, { recursive: true }) }
}
