import { createServer } from 'node:http'
import { once } from 'node:events'
import { consoleRoutes, scopesOfRole } from '@tael/contracts'
import { freePort } from '@tael/stack'
import { Provider } from 'oidc-provider'
import { expect } from 'vitest'
import { ConsolePage } from './actors/index.ts'
import { test as base } from './fixtures.ts'

/** The groups of each person at the identity provider. */
const groups: Readonly<Record<string, readonly string[]>> = {
  vera: ['visitors', 'payments-team'],
  rosa: ['visitors', 'payments-team', 'finance'],
  otto: ['visitors'],
}

/** Cookies of one browser by name, for all hosts: the ports of one host share them. */
class Browser {
  readonly #cookies = new Map<string, string>()

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Opens an address, and returns where it leads or what it shows. */
  async open(url: string, form?: Readonly<Record<string, string>>) {
    const answer = await fetch(url, {
      method: form === undefined ? 'GET' : 'POST',
      headers: { cookie: this.cookie },
      body: form === undefined ? null : new URLSearchParams(form),
      redirect: 'manual',
    })
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    const location = answer.headers.get('location')
    return { location: location === null ? '' : new URL(location, url).href, text: await answer.text() }
  }
}

const test = base
  .extend('ports', { scope: 'file' }, async () => {
    const [provider, operators] = [await freePort(), await freePort()]
    return { provider, operators }
  })
  .extend('provider', { scope: 'file' }, async ({ ports }, { onCleanup }) => {
    const issuer = `http://127.0.0.1:${ports.provider}`
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: 'tael',
          client_secret: 'a-secret-of-the-test',
          redirect_uris: [`http://127.0.0.1:${ports.operators}/console/openid/callback`],
        },
      ],
      pkce: { required: () => true },
      conformIdTokenClaims: false,
      claims: { openid: ['sub', 'groups'], profile: ['name'] },
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, name: id.toUpperCase(), groups: groups[id] }),
      }),
    })
    const answer = provider.callback()
    const server = createServer((request, reply) => void answer(request, reply))
    server.listen(ports.provider, '127.0.0.1')
    await once(server, 'listening')
    onCleanup(() => void server.close())
    return issuer
  })
  .extend('settings', { scope: 'file' }, ({ ports, provider }) => ({
    OPERATOR_PORT: String(ports.operators),
    CONSOLE_URL: `http://127.0.0.1:${ports.operators}/console`,
    OIDC_ISSUER: provider,
    OIDC_CLIENT_ID: 'tael',
    OIDC_CLIENT_SECRET: 'a-secret-of-the-test',
    OIDC_ROLES: 'payments-team=viewer,finance=refunder',
  }))
  .extend('browser', () => new Browser())
  /** Goes to the provider, signs in there as this person, and returns where the provider sends the browser. */
  .extend('signInAs', ({ shop, browser }) => async (person: string) => {
    const begun = await browser.open(`${shop.server.operatorsUrl}/console/openid`)
    const first = await browser.open(begun.location)
    await browser.open(first.location)
    const login = await browser.open(first.location, {
      prompt: 'login',
      login: person,
      password: 'any',
    })
    const consent = await browser.open(login.location)
    await browser.open(consent.location)
    const agreed = await browser.open(consent.location, { prompt: 'consent' })
    return (await browser.open(agreed.location)).location
  })
  .extend(
    'page',
    ({ shop, browser }) =>
      () =>
        new ConsolePage(shop.server.operatorsUrl, { cookie: browser.cookie }),
  )

test('a person signs in with the role of their highest group', async ({ shop, browser, signInAs, page }) => {
  const done = await browser.open(await signInAs('rosa'))
  expect(done.location).toBe(`${shop.server.operatorsUrl}/console`)
  const { body } = await page().send(consoleRoutes.getSession)
  expect(body).toMatchObject({
    operator: { id: expect.stringMatching(/^opi_/), name: 'ROSA' },
    scopes: scopesOfRole.refunder,
  })
  expect(
    await shop.database.rows(`select action, detail from operator_actions where actor like 'opi_%'`),
  ).toEqual([{ action: 'session.begin', detail: { role: 'refunder' } }])
})

test('who has none of the groups is not signed in', async ({ shop, browser, signInAs, page }) => {
  const { location } = await browser.open(await signInAs('otto'))
  expect(location).toBe(`${shop.server.operatorsUrl}/console#sign-in=no_role`)
  expect(await page().send(consoleRoutes.getSession)).toMatchObject({ status: 401 })
})

test("the provider's answer works once, and only in the browser that asked for it", async ({
  browser,
  signInAs,
  shop,
}) => {
  const callback = await signInAs('vera')
  const failed = `${shop.server.operatorsUrl}/console#sign-in=failed`
  const expired = `${shop.server.operatorsUrl}/console#sign-in=expired`
  const other = new Browser()
  expect((await other.open(callback)).location).toBe(expired)
  await other.open(`${shop.server.operatorsUrl}/console/openid`)
  // It has an attempt of its own, whose state is another.
  expect((await other.open(callback)).location).toBe(failed)
  expect((await browser.open(callback)).location).toBe(`${shop.server.operatorsUrl}/console`)
  expect((await browser.open(callback)).location).toBe(expired)
})

test('a person who lost their role at the provider has less at the next sign-in', async ({
  browser,
  signInAs,
  shop,
  page,
}) => {
  await shop.database.rows(`update operator_identities set role = 'admin' where subject = 'vera'`)
  await browser.open(await signInAs('vera'))
  const { body } = await page().send(consoleRoutes.getSession)
  expect(body).toMatchObject({ scopes: scopesOfRole.viewer })
})

test('the page offers what is configured', async ({ page }) => {
  expect((await page().send(consoleRoutes.getSignInMethods)).body).toEqual({ openIdConnect: true })
})
