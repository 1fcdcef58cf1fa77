import type { Settings } from '@tael/contracts'
import { sql } from 'kysely'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import { version } from '../http/version.ts'

/** What the server is configured to do: each member is named, so that no secret can come with one. */
export async function readSettings(db: Db, config: Config): Promise<Settings> {
  const { adyen, wechat, shop, merchant, paidMessage, shippingUpload, database } = config
  return {
    version,
    schema: await findNewestMigration(db),
    database: databaseKind(database),
    adyen: {
      environment: adyen.live ? 'live' : 'test',
      merchantAccount: adyen.merchantAccount,
      apiVersion: adyen.checkoutUrl.split('/').at(-1) ?? '',
      liveUrlPrefix: adyen.live,
      webhookHmacKeys: adyen.hmacKeys.length,
      transactionIdField: adyen.transactionIdField ?? null,
    },
    weChat: {
      appId: wechat.appId,
      paidMessage: paidMessage !== undefined,
      shippingUpload: shippingUpload?.by ?? 'off',
    },
    shop: {
      sells: shop.sells,
      currency: shop.currency,
      country: shop.countryCode,
      delivers: shop.delivers,
      orderLifetimeSeconds: shop.orderLifetimeMs / 1000,
      holdGraceSeconds: shop.holdGraceMs / 1000,
      sessionLifetimeHours: shop.sessionLifetimeMs / 3_600_000,
    },
    merchant: {
      lateMoney: merchant.lateMoney,
      webhook: merchant.webhook !== undefined,
      webhookSecrets: merchant.webhook?.secrets.length ?? 0,
    },
  }
}

function databaseKind(database: Config['database']): Settings['database'] {
  if (database.kind === 'embedded') return 'embedded'
  return database.directUrl === undefined ? 'url' : 'pooler'
}

async function findNewestMigration(db: Db): Promise<string> {
  const newest = sql<{ name: string }>`select name from kysely_migration order by name desc limit 1`
  return (await newest.execute(db)).rows[0]?.name ?? ''
}
