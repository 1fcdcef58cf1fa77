import type { Goods } from '@tael/contracts'
import type { Config, Inspected } from '../config.ts'
import { examineAdyen } from './adyen.ts'
import { type CheckId, checks } from './checks.ts'
import { examineClocks } from './clock.ts'
import { examineConfiguration } from './configuration.ts'
import { examineDatabase, reachDatabase } from './database.ts'
import { examineDisk } from './disk.ts'
import { examine, type Finding } from './finding.ts'
import { examineGoods } from './goods.ts'
import { examineMiniProgram, type MiniProgram } from './mini-program.ts'
import { examineWeChat } from './wechat.ts'
import { examineWebhook } from './webhook.ts'

/** What is examined: the settings, and what the build and the machine add to them. */
export interface Examined {
  readonly inspected: Inspected<Config>
  readonly goods: readonly Goods[]
  readonly miniProgram: MiniProgram
  readonly migrations: URL
  /** The folders whose disks matter on this machine. */
  readonly folders: readonly string[]
  /** Where Adyen calls the webhook, if that is known. Undefined: the public address is not called. */
  readonly webhook: { readonly url: string | undefined } | undefined
}

/** Looks at everything, in parallel. It changes nothing and moves no money. */
export async function runChecks(examined: Examined, signal: AbortSignal): Promise<readonly Finding[]> {
  const { inspected, goods, miniProgram, migrations, folders, webhook } = examined
  const { config } = inspected
  const reached = await reachDatabase(config.database)
  const { db } = reached
  try {
    const found = await Promise.all([
      examine('configuration', () => examineConfiguration(inspected), signal),
      examine('database', () => examineDatabase(reached, migrations), signal),
      examine('clock', () => examineClocks(config, db), signal),
      examine('adyen', () => examineAdyen(config), signal),
      ...(webhook === undefined
        ? []
        : [examine('webhook', () => examineWebhook(config.adyen, webhook.url), signal)]),
      examine('wechat', () => examineWeChat(config), signal),
      examine('goods', () => examineGoods(config.shop, goods, db), signal),
      examine('mini_program', () => examineMiniProgram(config, miniProgram), signal),
      examine('disk', () => examineDisk(config.database, folders, db), signal),
    ])
    return inOrder(found.flat())
  } finally {
    await reached.close()
  }
}

/** In the order of the list of checks. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const place = new Map<string, number>(Object.keys(checks).map((id, index) => [id, index]))
  const placeOf = (check: CheckId): number => place.get(check) ?? 0
  return findings.toSorted((one, other) => placeOf(one.check) - placeOf(other.check))
}
