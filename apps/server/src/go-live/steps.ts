import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { CheckId } from '../doctor/checks.ts'
import type { Finding } from '../doctor/finding.ts'

/** A step on the way to live payments. */
export interface Step {
  readonly step: string
  /** `by hand`: only you can know whether it is done. */
  readonly state: 'done' | 'open' | 'by hand'
  readonly found: string
}

interface Progress {
  readonly live: boolean
  readonly findings: readonly Finding[]
  readonly played: Played
}

/** What has happened with real money. */
interface Played {
  /** How often a shopper cancelled at the password. */
  readonly cancelled: number
  readonly paid: number
  readonly refunded: number
  /** Of the newest paid payment. */
  readonly reference: string | null
  readonly webhooks: string | null
}

const NOTHING: Played = { cancelled: 0, paid: 0, refunded: 0, reference: null, webhooks: null }

/** The steps of docs/going-live.md, with what is done of them. */
export async function findSteps(
  live: boolean,
  findings: readonly Finding[],
  db: Db | undefined,
): Promise<readonly Step[]> {
  const progress = { live, findings, played: db === undefined ? NOTHING : await findPlayed(db) }
  return [...accountSteps(progress), ...paymentSteps(progress)]
}

function accountSteps({ live, findings }: Progress): Step[] {
  const checked = (step: string, ...checks: readonly CheckId[]): Step => fromChecks(step, findings, checks)
  return [
    {
      step: 'run the server in live mode, with the prefix of your live endpoint (ADYEN_LIVE_URL_PREFIX)',
      state: live && holds(findings, 'adyen.reached') ? 'done' : 'open',
      found: live ? 'live mode' : 'test mode: what follows is of the test environment',
    },
    checked(
      'put the AppID and the AppSecret of the Mini Program on the server',
      'wechat.app_id',
      'wechat.app_secret',
    ),
    checked(
      "give Adyen's support the AppID, the entity name and the currency, to enable WeChat Pay for Mini Programs",
      'adyen.key',
      'adyen.merchant_account',
      'adyen.wechat_pay',
    ),
    checked('list the domain of the server at mp.weixin.qq.com', 'wechat.server_domain'),
    checked(
      'list the addresses of the servers at mp.weixin.qq.com, if the app has an IP list',
      'wechat.ip_list',
    ),
    checked(
      'set up the webhook in the Customer Area, and its keys on the server',
      'webhook.tls_chain',
      'webhook.credentials',
      'webhook.current_key',
    ),
    {
      step: 'choose the events of the webhook in the Customer Area (docs/going-live.md, 1)',
      state: 'by hand',
      found: 'Adyen tells no server which are chosen',
    },
    checked('put the goods on sale', 'goods.on_sale'),
    checked(
      'build the Mini Program with this AppID and address, and release it',
      'mini_program.app_id',
      'mini_program.api_address',
      'mini_program.simulation',
    ),
    {
      step: 'correct everything that the command doctor finds',
      state: findings.some(({ state }) => state === 'fail') ? 'open' : 'done',
      found: `${findings.filter(({ state }) => state === 'fail').length} checks fail`,
    },
  ]
}

function paymentSteps({ live, played }: Progress): Step[] {
  const { cancelled, paid, refunded, reference, webhooks } = played
  const happened = (step: string, count: number, what: string): Step => ({
    step,
    state: live && count > 0 ? 'done' : 'open',
    found: `${count} ${what}${live || count === 0 ? '' : ', in test mode'}`,
  })
  return [
    happened('begin a payment, and cancel it at the password', cancelled, 'were cancelled'),
    happened('pay for the cheapest thing that you sell', paid, 'were paid'),
    happened('refund that payment', refunded, 'were refunded'),
    {
      step: 'look at the status of the payment in the Customer Area',
      state: 'by hand',
      found:
        reference === null
          ? 'there is no paid payment yet'
          : `look for ${reference}; webhooks so far: ${webhooks ?? 'none'}`,
    },
  ]
}

function fromChecks(step: string, findings: readonly Finding[], checks: readonly CheckId[]): Step {
  const about = findings.filter(({ check }) => checks.includes(check))
  const failed = about.find(({ state }) => state === 'fail') ?? about.find(({ state }) => state === 'unknown')
  if (failed === undefined) return { step, state: 'done', found: `${checks.join(', ')} passed` }
  return {
    step,
    state: failed.state === 'fail' ? 'open' : 'by hand',
    found: `${failed.check}: ${failed.found}`,
  }
}

function holds(findings: readonly Finding[], id: CheckId): boolean {
  return findings.some(({ check, state }) => check === id && state === 'pass')
}

async function findPlayed(db: Db): Promise<Played> {
  const { rows } = await sql<Played>`
    select (select count(*)::int from payment_events
        where type = 'returned_unpaid' and detail ->> 'paymentStatus' ~ 'cancel') as cancelled,
      (select count(*)::int from payments where status = 'authorised') as paid,
      (select count(*)::int from refunds where status = 'refunded') as refunded,
      (select psp_reference from payments where status = 'authorised' order by created_at desc limit 1) as reference,
      (select string_agg(distinct event_code, ', ') from webhook_items where state <> 'foreign') as webhooks`.execute(
    db,
  )
  return rows[0] ?? NOTHING
}
