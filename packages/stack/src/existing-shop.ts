import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { packWorkspace } from './pack.ts'
import { type Program, startProgram } from './program.ts'

const source = fileURLToPath(new URL('../../../examples/existing-shop', import.meta.url))

/** What the example's Mini Program requires of Tael, and the workspace that it is. */
const PACKAGE = { name: '@tael/miniprogram-pay', folder: 'miniprogram-pay' }

/** The origin of the shop's server in the example's Mini Program. */
export const SHOP_ORIGIN = 'http://127.0.0.1:8650'

/** The path at which the example takes events. */
export const EVENTS_PATH = '/tael-events'

/** `examples/existing-shop`, installed by npm outside the repository. */
export interface ExistingShop {
  readonly folder: string
  /** Signs the events that it receives. */
  readonly secret: string
}

/** Whether a path is of the example itself, not of what an installation adds. */
const isSource = (file: string): boolean => !/\/(node_modules|miniprogram_npm)(\/|$)/.test(file)

/**
 * Installs `examples/existing-shop` into an empty folder as its developer would: with Tael's packed
 * package, and with what *Build npm* of WeChat's DevTools makes of it.
 */
export async function installExistingShop(folder: string): Promise<ExistingShop> {
  await cp(source, folder, { recursive: true, filter: isSource })
  const tarball = await packWorkspace(PACKAGE.folder, folder)
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', tarball.path], { cwd: folder })
  await buildNpm(folder, PACKAGE.name)
  return { folder, secret: `whsec_${randomBytes(32).toString('base64')}` }
}

const Manifest = Type.Object({ miniprogram: Type.String() })

/** Copies the folder that a package names for Mini Programs (developers.weixin.qq.com, npm). */
async function buildNpm(folder: string, name: string): Promise<void> {
  const installed = path.join(folder, 'node_modules', name)
  const { miniprogram } = Parse(
    Manifest,
    JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8')),
  )
  const target = path.join(folder, 'miniprogram', 'miniprogram_npm', name)
  await mkdir(target, { recursive: true })
  await cp(path.join(installed, miniprogram), target, { recursive: true })
}

export interface StartExistingShopOptions {
  readonly port: number
  /** The listener of Tael's server that serves its API for merchants, and a key for it. */
  readonly taelUrl: string
  readonly key: string
}

/** Starts the shop's server. Its orders are in `shop.db` of its folder. */
export function startExistingShop(
  { folder, secret }: ExistingShop,
  { port, taelUrl, key }: StartExistingShopOptions,
): Promise<Program> {
  return startProgram('The existing shop', pathToFileURL(path.join(folder, 'server', 'main.js')), {
    PORT: String(port),
    DATABASE: path.join(folder, 'shop.db'),
    TAEL_URL: taelUrl,
    TAEL_KEY: key,
    TAEL_EVENT_SECRETS: secret,
  })
}
