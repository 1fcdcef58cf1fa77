import { Parse } from '@sinclair/typebox/value'
import { consoleRoutes, ConsoleSession, CSRF_HEADER, type Route } from '@tael/contracts'

/** Headers by name. */
export type Headers = Readonly<Record<string, string>>

/** An answer to the console, with its JSON and its cookies as they were set. */
export interface ConsoleAnswer {
  readonly status: number
  readonly body: unknown
  readonly cookies: readonly string[]
}

/** The console's page as its browser sends requests: from its own origin, with its cookie. */
export class ConsolePage {
  readonly #url: string
  readonly headers: Headers

  constructor(url: string, headers: Headers = {}) {
    this.#url = url
    this.headers = { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin', ...headers }
  }

  /** The same page, with other headers. An empty one is not sent. */
  with(headers: Headers): ConsolePage {
    const all = { ...this.headers, ...headers }
    return new ConsolePage(this.#url, all)
  }

  async send(route: Pick<Route, 'method' | 'path'>, body?: unknown): Promise<ConsoleAnswer> {
    const sent = Object.fromEntries(Object.entries(this.headers).filter(([, value]) => value !== ''))
    const answer = await fetch(this.#url + route.path, {
      method: route.method,
      headers: body === undefined ? sent : { ...sent, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    })
    return { status: answer.status, body: await answer.json(), cookies: answer.headers.getSetCookie() }
  }

  /** Signs in, and returns the page with the session's cookie and token. */
  async signIn(key: string): Promise<SignedInPage> {
    const { body, cookies } = await this.send(consoleRoutes.signIn, { key })
    const session = Parse(ConsoleSession, body)
    const [cookie = ''] = cookies.map((one) => one.split(';')[0] ?? '')
    return { session, cookie, page: this.with({ cookie, [CSRF_HEADER]: session.csrfToken }) }
  }
}

export interface SignedInPage {
  readonly session: ConsoleSession
  /** The cookie, as the browser sends it. */
  readonly cookie: string
  readonly page: ConsolePage
}
