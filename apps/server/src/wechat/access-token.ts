import * as Type from '@sinclair/typebox'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import { BUSY, type WeChatClient, type WeChatResult } from './client.ts'

/**
 * WeChat hands out another token five minutes before the end of the old one, and takes both until then
 * (developers.weixin.qq.com, getStableAccessToken): one that ends sooner than this is replaced.
 */
const RENEW_BEFORE_SECONDS = 240

/** Token invalid, malformed, and expired: each asks for another token. */
const refusedTokens: ReadonlySet<number> = new Set([40001, 40014, 42001])
/** Busy, and the quotas of a day and of a minute (developers.weixin.qq.com, global return codes). */
const passing: ReadonlySet<number> = new Set([BUSY, 45009, 45011])

/** Whether the same call may go through later: nobody answered, or WeChat could not just now. */
export function mayPass(result: Exclude<WeChatResult<object>, { kind: 'answered' }>): boolean {
  if (result.kind === 'unanswered') return true
  return passing.has(result.errcode) || refusedTokens.has(result.errcode)
}

/** What WeChat said, or did not say, in words for the log. */
export function reasonOf(result: Exclude<WeChatResult<object>, { kind: 'answered' }>): string {
  return result.kind === 'unanswered' ? result.reason : `errcode ${result.errcode} ${result.errmsg}`.trim()
}

const StableToken = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  expires_in: Type.Integer({ minimum: 1 }),
})

/** What a call that does something answers: that it was done. Anything else is no such answer. */
const Done = Type.Object({ errcode: Type.Literal(0) })

/** WeChat's calls that take an access token. */
export interface WeChatApi {
  /** Makes a call with the token of this app, and once more with a new one where WeChat no longer takes it. */
  post(path: string, body: object): Promise<WeChatResult<object>>
}

/**
 * The token lies in the database, so that all servers share one. WeChat answers the same token to everyone who asks
 * while it is valid (`stable_token`), so two servers that renew it at once do no harm. A new one is never forced: that
 * would end the token of everything else that uses this app.
 */
export function createWeChatApi(
  db: Db,
  client: WeChatClient,
  { appId, appSecret }: Pick<Config['wechat'], 'appId' | 'appSecret'>,
): WeChatApi {
  async function token(): Promise<WeChatResult<string>> {
    const kept = await findToken(db, appId)
    return kept === undefined ? fetchToken() : { kind: 'answered', body: kept }
  }

  async function fetchToken(): Promise<WeChatResult<string>> {
    const body = { grant_type: 'client_credential', appid: appId, secret: appSecret }
    const result = await client.post('/cgi-bin/stable_token', {}, body, StableToken)
    if (result.kind !== 'answered') return result
    const { access_token: fetched, expires_in: seconds } = result.body
    await keepToken(db, appId, fetched, new Date(Date.now() + seconds * 1000))
    return { kind: 'answered', body: fetched }
  }

  return {
    async post(path, body) {
      const first = await token()
      if (first.kind !== 'answered') return first
      const result = await client.post(path, { access_token: first.body }, body, Done)
      if (result.kind !== 'refused' || !refusedTokens.has(result.errcode)) return result
      await dropToken(db, appId, first.body)
      const second = await token()
      if (second.kind !== 'answered') return second
      return client.post(path, { access_token: second.body }, body, Done)
    },
  }
}

async function findToken(db: Db, appId: string): Promise<string | undefined> {
  const kept = await db
    .selectFrom('wechat_tokens')
    .select('token')
    .where('app_id', '=', appId)
    .where('expires_at', '>', new Date(Date.now() + RENEW_BEFORE_SECONDS * 1000))
    .executeTakeFirst()
  return kept?.token
}

async function keepToken(db: Db, appId: string, token: string, expiresAt: Date): Promise<void> {
  await db
    .insertInto('wechat_tokens')
    .values({ app_id: appId, token, expires_at: expiresAt })
    .onConflict((conflict) => conflict.column('app_id').doUpdateSet({ token, expires_at: expiresAt }))
    .execute()
}

/** Only the token that WeChat refused: another server may have put a new one there. */
async function dropToken(db: Db, appId: string, token: string): Promise<void> {
  await db.deleteFrom('wechat_tokens').where('app_id', '=', appId).where('token', '=', token).execute()
}
