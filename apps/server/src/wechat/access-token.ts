import * as Type from '@sinclair/typebox'
import type { Config } from '../config.ts'
import { timeIn } from '../db/clock.ts'
import type { Db } from '../db/database.ts'
import { sealToken, unsealToken } from './seal-token.ts'
import type { WeChatClient, WeChatResult } from './client.ts'
import { transientErrcodes } from './errcodes.ts'

/**
 * A token that expires sooner than this is replaced. WeChat issues a new token five minutes before
 * the old one expires and accepts both until then (developers.weixin.qq.com, getStableAccessToken).
 */
const RENEW_BEFORE_SECONDS = 240

/** Errcodes of a token that is invalid, malformed or expired: it is replaced. */
const tokenErrcodes: ReadonlySet<number> = new Set([40001, 40014, 42001])
/** Whether a retry of the call may succeed. */
export function isTransient(result: Exclude<WeChatResult<object>, { kind: 'answered' }>): boolean {
  if (result.kind === 'unanswered') return true
  return transientErrcodes.has(result.errcode) || tokenErrcodes.has(result.errcode)
}

/** Why a call failed, for the log. */
export function describeFailure(result: Exclude<WeChatResult<object>, { kind: 'answered' }>): string {
  return result.kind === 'unanswered' ? result.reason : `errcode ${result.errcode} ${result.errmsg}`.trim()
}

const StableToken = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  expires_in: Type.Integer({ minimum: 1 }),
})

/** The answer of a call that succeeded. */
const Done = Type.Object({ errcode: Type.Literal(0) })

/** WeChat's calls that require an access token. */
export interface WeChatApi {
  /**
   * Makes a call with the token of this app; retries once with a new one where WeChat refuses it.
   */
  post(path: string, body: object): Promise<WeChatResult<object>>
}

/**
 * Stores the token in the database, so that all servers share it. WeChat returns the same token
 * while it is valid (`stable_token`), so servers may renew it concurrently. A new one is never
 * forced, which would revoke the token of everything else that uses this app. It is stored sealed.
 */
export function createWeChatApi(db: Db, client: WeChatClient, app: App): WeChatApi {
  async function getToken(): Promise<WeChatResult<string>> {
    const stored = await findToken(db, app)
    return stored === undefined ? fetchToken() : { kind: 'answered', body: stored }
  }

  async function fetchToken(): Promise<WeChatResult<string>> {
    const result = await requestToken(client, app)
    if (result.kind !== 'answered') return result
    const { access_token: fetched, expires_in: seconds } = result.body
    await storeToken(db, app, fetched, seconds)
    return { kind: 'answered', body: fetched }
  }

  return {
    async post(path, body) {
      const first = await getToken()
      if (first.kind !== 'answered') return first
      const result = await client.post(path, { access_token: first.body }, body, Done)
      if (result.kind !== 'refused' || !tokenErrcodes.has(result.errcode)) return result
      await deleteToken(db, app, first.body)
      const second = await getToken()
      if (second.kind !== 'answered') return second
      return client.post(path, { access_token: second.body }, body, Done)
    },
  }
}

/** Asks WeChat for the token of this app, and keeps it nowhere. */
export function requestToken(client: WeChatClient, { appId, appSecret }: App) {
  const body = { grant_type: 'client_credential', appid: appId, secret: appSecret }
  return client.post('/cgi-bin/stable_token', {}, body, StableToken)
}

type App = Pick<Config['wechat'], 'appId' | 'appSecret'>

async function findToken(db: Db, { appId, appSecret }: App): Promise<string | undefined> {
  const found = await db
    .selectFrom('wechat_tokens')
    .select('token')
    .where('app_id', '=', appId)
    .where('expires_at', '>', timeIn(RENEW_BEFORE_SECONDS * 1000))
    .executeTakeFirst()
  return found && unsealToken(found.token, appSecret)
}

async function storeToken(db: Db, { appId, appSecret }: App, token: string, seconds: number): Promise<void> {
  const sealed = { token: sealToken(token, appSecret), expires_at: timeIn(seconds * 1000) }
  await db
    .insertInto('wechat_tokens')
    .values({ app_id: appId, ...sealed })
    .onConflict((conflict) => conflict.column('app_id').doUpdateSet(sealed))
    .execute()
}

/** Deletes only the token that WeChat refused: another server may have stored a new one. */
async function deleteToken(db: Db, { appId, appSecret }: App, refused: string): Promise<void> {
  const stored = await db
    .selectFrom('wechat_tokens')
    .select('token')
    .where('app_id', '=', appId)
    .executeTakeFirst()
  if (stored === undefined || unsealToken(stored.token, appSecret) !== refused) return
  await db.deleteFrom('wechat_tokens').where('app_id', '=', appId).where('token', '=', stored.token).execute()
}
