import { mkdtemp, rm } from 'node:fs/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as merchantsProgram from '@tael/miniprogram/merchant'
import { credentials, type Environment, serverEnvironment } from '@tael/stack'
import { inspectConfig } from '../src/config.ts'
import { examinedHere } from '../src/doctor-command.ts'
import type { CheckId } from '../src/doctor/checks.ts'
import type { Finding } from '../src/doctor/finding.ts'
import { type Examined, runChecks } from '../src/doctor/run.ts'
import { openShop, type Shop } from './actors/index.ts'
import { Simulator } from './actors/simulator.ts'
import { type Authority, createAuthority } from './certificates.ts'
import { startCluster } from './cluster.ts'
import { test as base } from './fixtures.ts'
import { startTlsProxy } from './tls-proxy.ts'

/** An HMAC key that was replaced by another one. */
export const OLD_KEY = '0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF'

/** What the server of the well set-up shop is started with. */
const wellSet = {
  ADYEN_HMAC_KEYS: `${credentials.ADYEN_HMAC_KEYS},${OLD_KEY}`,
  PUBLIC_URL: 'https://shop.example',
  TRUSTED_PROXIES: '1',
  SHOP_DELIVERS: 'true',
  PAID_MESSAGE_TEMPLATE_ID: 'template-1',
  PAID_MESSAGE_FIELDS: 'amount2=amount,thing4=goods',
}

/** The Mini Program that agrees with it. */
export const miniProgram = {
  ...merchantsProgram,
  appId: credentials.WECHAT_APP_ID,
  apiBaseUrl: { ...merchantsProgram.apiBaseUrl, trial: 'https://shop.example' },
  delivery: true,
  paymentMessageTemplates: ['template-1'],
}

export interface WellSetUp {
  readonly shop: Shop
  readonly simulator: Simulator
  readonly authority: Authority
  readonly environment: Environment
  readonly webhookUrl: string
  readonly folder: string
  /** Examines the shop, but for what is given. */
  examine(changed?: Changed): Promise<readonly Finding[]>
}

/** What differs from the well set-up shop. */
export interface Changed extends Partial<Omit<Examined, 'inspected' | 'webhook'>> {
  readonly webhookUrl?: string
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** The server is in live mode, with the addresses of the test. */
  readonly live?: boolean
}

/** Tests that examine a well set-up shop, or one that differs from it. */
export const test = base
  .extend('settings', { scope: 'file' }, (): Environment => wellSet)
  .extend('well', { scope: 'file' }, async ({ settings }, { onCleanup }): Promise<WellSetUp> => {
    const cluster = await startCluster()
    const shop = await openShop({
      postgresUrl: cluster.url,
      server: settings,
      simulator: { SIMULATOR_TEMPLATE_ID: 'template-1' },
    })
    const authority = await createAuthority()
    const trusted = getCACertificates('default')
    setDefaultCACertificates([...trusted, authority.root])
    const proxy = await startTlsProxy(shop.server.url, await authority.issue('localhost', 90))
    const folder = await mkdtemp(path.join(tmpdir(), 'tael-doctor-'))
    onCleanup(async () => {
      setDefaultCACertificates(trusted)
      await proxy.stop()
      await authority.close()
      await shop.close()
      await cluster.stop()
      await rm(folder, { recursive: true })
    })
    const environment = serverEnvironment(shop.simulator.url, {
      ...settings,
      DATABASE_URL: shop.database.url,
    })
    const webhookUrl = `${proxy.url}/webhooks/adyen`
    return {
      shop,
      simulator: new Simulator(shop.simulator.url),
      authority,
      environment,
      webhookUrl,
      folder,
      examine({ environment: changed = {}, live = false, webhookUrl: url = webhookUrl, ...rest } = {}) {
        const inspected = inspectConfig({ ...environment, ...changed })
        const { config } = inspected
        const examined = {
          ...examinedHere(
            { ...inspected, config: live ? { ...config, adyen: { ...config.adyen, live } } : config },
            { url },
          ),
          miniProgram,
          ...rest,
        }
        return runChecks(examined, new AbortController().signal)
      },
    }
  })

/** The checks that ended so, once each. */
export const idsOf = (findings: readonly Finding[], state: Finding['state']): CheckId[] => [
  ...new Set(findings.filter((one) => one.state === state).map(({ check }) => check)),
]
