import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Locator } from 'playwright-core'
import type { PhoneMessage } from '../src/protocol.ts'
import { missingBrowser } from '@tael/stack/browser'
import { type OpenPhone, openStage, type Stage } from './stage.ts'

const missing = missingBrowser()

let stage: Stage
/** An element by its id in WXML, to which glass-easel adds a prefix. */
const byId = ({ phone }: OpenPhone, id: string): Locator =>
  phone.locator(`.host-screen:not([hidden]) [id$="--${id}"]`)
const button = ({ phone }: OpenPhone, name: string): Locator =>
  phone.getByRole('button', { name, exact: true })
const colour = (locator: Locator): Promise<string> =>
  locator.evaluate((element) => getComputedStyle(element).color)
/** Follows a link of the home page to this address. */
const open = async ({ phone }: OpenPhone, url: string): Promise<void> => {
  await phone.locator('wx-navigator').evaluate((link, to) => link.setAttribute('url', to), url)
  await phone.getByText('Link').click()
}
const openControls = async (): Promise<OpenPhone> => {
  const phone = await stage.open()
  await open(phone, '/pages/controls/controls')
  await byId(phone, 'seen').waitFor()
  return phone
}
const seen = (phone: OpenPhone): Promise<string> => byId(phone, 'seen').innerText()
const warnings = async (phone: OpenPhone): Promise<string[]> =>
  (await phone.messages()).flatMap((message) => (message.type === 'warning' ? [message.message] : []))
const errors = async (phone: OpenPhone): Promise<string[]> =>
  (await phone.messages()).flatMap((message) => (message.type === 'error' ? [message.message] : []))
const calls = async (phone: OpenPhone, api: string): Promise<Extract<PhoneMessage, { type: 'call' }>[]> =>
  (await phone.messages()).filter((message) => message.type === 'call').filter((call) => call.api === api)

describe.skipIf(missing)(`A phone in Chromium${missing === undefined ? '' : `, skipped: ${missing}`}`, () => {
  beforeAll(async () => {
    stage = await openStage()
  }, 20_000)
  afterAll(() => stage.close())

  describe('pages and components', () => {
    test('start in order: App, Page, component', async () => {
      const phone = await stage.open()
      await expect.poll(() => byId(phone, 'log').innerText()).toMatch('home:rect:true')
      const log = (await byId(phone, 'log').innerText()).split(' ')
      expect(log.slice(0, 5)).toEqual([
        'app:launch:pages/home/home',
        'app:show',
        'home:load:{}',
        'home:show',
        'home:ready:B:method',
      ])
      expect(log).toContain('home:callback:announced')
      expect(log).toContain('change:2')
    })

    test('render every feature of WXML', async () => {
      const phone = await stage.open()
      await expect.poll(() => byId(phone, 'expression').innerText()).toMatch('big 3 ¥12.05')
      await expect.poll(() => byId(phone, 'condition').innerText()).toMatch('some')
      await expect.poll(() => byId(phone, 'footer').innerText()).toMatch('included 2')
      await expect.poll(() => byId(phone, 'list').innerText()).toMatch('list 2 row1row2')
      await expect.poll(() => byId(phone, 'stepper').innerText()).toMatch(/HEAD\s*\[4\] cell2\s*BODY/)
      await expect.poll(() => phone.phone.getByRole('alert').innerText()).toMatch('notice hello')
      expect(await phone.phone.locator('.cell').allTextContents()).toEqual(['0-0:1', '0-1:9', '1-0:3'])
      expect(await byId(phone, 'hidden').isHidden()).toBe(true)
      expect(
        await byId(phone, 'expression').evaluate((element) => element.getBoundingClientRect().width),
      ).toBeCloseTo(104, 0)
    })

    test('style as WeChat does: page over app, component its own, nothing leaks to other pages', async () => {
      const phone = await stage.open()
      await expect.poll(() => byId(phone, 'condition').innerText()).toMatch('some')
      expect(await colour(byId(phone, 'outer'))).toBe('rgb(9, 9, 9)')
      expect(await colour(phone.phone.locator('.s0--card'))).toBe('rgb(7, 7, 7)')
      await phone.phone.getByRole('navigation').getByRole('button', { name: 'Cart' }).click()
      expect(await colour(byId(phone, 'cart'))).toBe('rgb(20, 20, 20)')
    })

    test('handle taps: bubbling, catching, marks, datasets, dynamic handlers, the keyboard', async () => {
      const phone = await stage.open()
      await expect.poll(() => byId(phone, 'condition').innerText()).toMatch('some')
      await byId(phone, 'inner').click()
      await byId(phone, 'plain').press('Enter')
      await byId(phone, 'dynamic').click()
      await expect
        .poll(() => byId(phone, 'log').innerText())
        .toMatch(/ inner outer:plain:v:mark:number dynamic$/)
      await button(phone, 'Never').click({ force: true })
      await byId(phone, 'dynamic').click()
      await expect.poll(() => byId(phone, 'log').innerText()).toMatch(/number dynamic dynamic$/)
    })

    test('take input: two-way binding, form submit', async () => {
      const phone = await stage.open()
      await phone.phone.getByRole('textbox', { name: 'Name' }).fill('Bea')
      await expect.poll(() => byId(phone, 'echo').innerText()).toMatch('Bea')
      await button(phone, 'Submit').click()
      await expect.poll(() => byId(phone, 'log').innerText()).toMatch('submit:Bea')
    })

    test('label, scroll and measure', async () => {
      const phone = await stage.open()
      await phone.phone.getByRole('navigation').getByRole('button', { name: 'Cart' }).click()
      await phone.phone.getByText('Remark').click()
      await phone.page.keyboard.type('no bag')
      await expect.poll(() => byId(phone, 'seen').innerText()).toBe('remark:no bag')
      await byId(phone, 'list').evaluate((list) => list.scrollTo(0, list.scrollHeight))
      await expect.poll(() => byId(phone, 'seen').innerText()).toBe('end:bottom')
      await button(phone, 'Measure').click()
      await expect.poll(() => byId(phone, 'seen').innerText()).toBe('height:100')
    })

    test('navigate: stack, back button, links, tabs, lifecycles', async () => {
      const phone = await stage.open()
      await button(phone, 'Go').click()
      await expect.poll(() => byId(phone, 'detail').innerText()).toMatch('detail 7 depth 2')
      await button(phone, 'Further').click()
      await expect.poll(() => byId(phone, 'detail').innerText()).toMatch('detail more depth 3')
      await button(phone, 'Back').click()
      await expect.poll(() => byId(phone, 'detail').innerText()).toMatch('depth 2')
      await button(phone, 'Back').click()
      await expect
        .poll(() => byId(phone, 'log').innerText())
        .toMatch(
          /home:hide detail:load detail:show detail:pageLifetime:show detail:hide detail:pageLifetime:hide detail:load .* detail:unload home:show$/,
        )
      await phone.phone.getByText('Link').click()
      await expect.poll(() => byId(phone, 'detail').innerText()).toMatch('detail link')
      await button(phone, 'Back').click()

      const cart = phone.phone.getByRole('navigation').getByRole('button', { name: /Cart/ })
      await cart.click()
      await expect.poll(() => byId(phone, 'cart').innerText()).toMatch('cart 1')
      await button(phone, 'Badge').click()
      await expect.poll(() => cart.innerText()).toMatch('3')
      await phone.phone.getByRole('navigation').getByRole('button', { name: 'Home' }).click()
      await cart.click()
      await expect.poll(() => byId(phone, 'cart').innerText()).toMatch('cart 2')
      expect(await errors(phone)).toEqual([])
    })

    test('can change the tab bar only from a tab', async () => {
      const phone = await stage.open()
      await button(phone, 'Go').click()
      await button(phone, 'Badge').click()
      await expect.poll(() => byId(phone, 'answer').innerText()).toMatch('setTabBarBadge:fail not TabBar')
    })

    test('choose an address, once the shopper consents', async () => {
      const phone = await stage.open()
      await button(phone, 'Go').click()
      for (const [answers, result] of [
        [['Decline'], 'chooseAddress:fail privacy permission is not authorized'],
        [['Allow', 'Cancel'], 'chooseAddress:fail cancel'],
        [['OK'], /张三.*新港中路397号.*chooseAddress:ok/],
      ] as const) {
        await button(phone, 'Address').click()
        for (const answer of answers) await button(phone, answer).click()
        await expect.poll(() => byId(phone, 'answer').innerText()).toMatch(result)
      }
    })

    test('refresh when pulled down', async () => {
      const phone = await stage.open()
      await expect.poll(() => byId(phone, 'condition').innerText()).toMatch('some')
      await phone.page.mouse.move(300, 200)
      await phone.page.mouse.down()
      await phone.page.mouse.move(300, 300)
      await phone.page.mouse.up()
      await expect.poll(() => byId(phone, 'log').innerText()).toMatch('home:refresh')
    })
  })

  describe('what a phone lacks', () => {
    test('is undefined to the Mini Program', async () => {
      const phone = await stage.open()
      await button(phone, 'Go').click()
      const nine = 'undefined undefined undefined undefined undefined undefined undefined function function'
      await expect.poll(() => byId(phone, 'hidden-globals').innerText()).toMatch(nine)
    })

    test('and data that is not JSON cannot reach the view', async () => {
      const refusals = [
        ['api', 'wx.chooseLocation is not a function'],
        ['function', 'a value of type function cannot pass'],
        ['class', 'an instance of Map cannot pass'],
        ['nan', 'NaN cannot pass'],
        ['nested', 'setData.value.list[1]: a value of type undefined'],
      ] as const
      const phone = await stage.open()
      for (const [kind] of refusals) {
        await open(phone, `/pages/broken/broken?kind=${kind}`)
        await button(phone, 'Back').click()
      }
      const reported = await errors(phone)
      expect(reported).toHaveLength(refusals.length)
      for (const [index, [, message]] of refusals.entries()) expect(reported[index]).toContain(message)
    })
  })

  describe('built-in components', () => {
    test('check, choose, switch and pick, and a form collects them with the fields of components', async () => {
      const phone = await openControls()
      await phone.phone.getByRole('checkbox', { name: 'Sweet' }).click()
      await expect.poll(() => seen(phone)).toBe('["sweet","sour"]')
      await phone.phone.getByText('Large').click()
      await expect.poll(() => seen(phone)).toBe('"large"')
      await phone.phone.getByText('Small').click()
      await expect.poll(() => seen(phone)).toBe('"small"')
      await phone.phone.getByRole('switch', { name: 'Gift' }).click()
      await expect.poll(() => seen(phone)).toBe('true')
      await button(phone, 'Day').click()
      const dialog = phone.phone.getByRole('dialog')
      await dialog.getByRole('combobox').selectOption({ label: 'Sunday' })
      await dialog.getByRole('button', { name: 'OK' }).click()
      await expect.poll(() => seen(phone)).toBe('2')
      await button(phone, 'Fill').click()
      await phone.phone.getByRole('textbox', { name: 'Remark' }).fill('two\nlines')
      await button(phone, 'Send').click()
      await expect
        .poll(() => seen(phone))
        .toBe(
          '{"tastes":["sweet","sour"],"size":"small","gift":true,"amount":4,"day":2,"note":"from field","remark":"two\\nlines"}',
        )
    })

    test('a swiper turns to its next item', async () => {
      const phone = await openControls()
      const box = await phone.phone.locator('wx-swiper').boundingBox()
      if (box === null) throw new Error('There is no swiper.')
      const y = box.y + box.height / 2
      await phone.page.mouse.move(box.x + 250, y)
      await phone.page.mouse.down()
      await phone.page.mouse.move(box.x + 100, y, { steps: 3 })
      await phone.page.mouse.up()
      await expect.poll(() => seen(phone)).toBe('turned 1 touch')
    })

    test('rich text draws nodes and HTML, without their scripts', async () => {
      const phone = await openControls()
      expect(await colour(byId(phone, 'rich').locator('p'))).toBe('rgb(1, 2, 3)')
      expect(await byId(phone, 'html').innerHTML()).toBe('<b class="x">bold</b>bad()')
    })

    test('one that the host cannot draw is a box with its name and content, and a warning', async () => {
      const phone = await openControls()
      const map = byId(phone, 'map')
      expect(await map.innerText()).toBe('inside')
      expect(await map.evaluate((each) => getComputedStyle(each, '::before').content)).toBe('"<map>"')
      expect(await warnings(phone)).toContain('<map> is drawn as a box: this host does not play it')
      expect(await errors(phone)).toEqual([])
    })

    test('WXS has getDate, getRegExp, and require with an extension', async () => {
      const phone = await openControls()
      expect(await byId(phone, 'wxs').innerText()).toBe('2026 122')
    })

    test('a test for a missing API, an undefined value and `global` do not throw', async () => {
      const phone = await openControls()
      expect(await byId(phone, 'feature').innerText()).toBe('falls back')
      expect(await byId(phone, 'shared').innerText()).toBe('shared')
      expect(await byId(phone, 'seen').innerText()).toBe('nothing')
      expect(await warnings(phone)).toEqual(
        expect.arrayContaining([
          'wx.chooseLocation is not in this host: it is undefined here',
          'setData: seen is undefined, so it is not set',
        ]),
      )
      expect(await errors(phone)).toEqual([])
    })

    test('a page that cannot be mounted leaves the one before it in front', async () => {
      const phone = await stage.open()
      await open(phone, '/pages/unmountable/unmountable')
      await expect.poll(() => errors(phone)).toEqual([expect.stringContaining('no page here')])
      await byId(phone, 'condition').waitFor()
      expect(await phone.phone.locator('.host-screen').count()).toBe(1)
      await button(phone, 'Go').click()
      await expect.poll(() => byId(phone, 'detail').innerText()).toMatch('detail 7 depth 2')
    })

    test('theme variables choose the icons of tabs', async () => {
      const phone = await stage.open()
      const icon = phone.phone.getByRole('navigation').getByRole('button', { name: 'Cart' }).locator('img')
      expect(await icon.getAttribute('src')).toBe('assets/images/dot.svg')
      await phone.send({ type: 'setTheme', theme: 'dark' })
      await expect.poll(() => icon.getAttribute('src')).toBe('assets/images/dot-dark.svg')
    })
  })

  describe('wx.request', () => {
    test('reaches a listed domain by its path, with any status, and is reported to the embedder', async () => {
      const phone = await stage.open()
      await button(phone, 'Go').click()
      await button(phone, 'Request').click()
      await expect
        .poll(() => byId(phone, 'answer').innerText())
        .toMatch(/"status":200.*"path":"\/api\/echo".*\{\\"a\\":1\}.*request:ok.*task:function:undefined/)
      const [request, sent, answer] = await calls(phone, 'request')
      expect(request).toMatchObject({ phase: 'request', label: 'POST /echo', base: '/api', body: { a: 1 } })
      expect(sent).toMatchObject({ phase: 'sent', call: request?.call })
      expect(request?.headers?.['authorization']).toBe('Bearer •••')
      expect(answer).toMatchObject({ phase: 'answer', status: 200, failed: false, body: { token: '•••' } })
      // The Mini Program itself gets the token.
      expect(await byId(phone, 'answer').innerText()).toContain('"token":"secret"')
    })

    test('refuses a domain that is not listed', async () => {
      const phone = await stage.open()
      await button(phone, 'Go').click()
      await button(phone, 'Foreign').click()
      await expect
        .poll(() => byId(phone, 'answer').innerText())
        .toMatch('request:fail url not in domain list')
      expect(await calls(phone, 'request')).toEqual([])
    })

    test.each([
      [{ offline: true, latencyMs: 0, lossRatio: 0 }, 'net::ERR_INTERNET_DISCONNECTED'],
      [{ offline: false, latencyMs: 0, lossRatio: 1 }, 'net::ERR_CONNECTION_RESET'],
    ])('fails on the network %j', async (network, message) => {
      const phone = await stage.open()
      await phone.send({ type: 'setNetwork', network })
      await button(phone, 'Go').click()
      await button(phone, 'Request').click()
      await expect.poll(() => byId(phone, 'answer').innerText()).toMatch(message)
      // Offline nothing leaves the phone; a lost call says what was lost.
      const reported = await calls(phone, 'request')
      expect(reported.some(({ phase }) => phase === 'sent')).toBe(!network.offline)
      expect(reported.at(-1)?.lost === undefined).toBe(network.offline)
    })

    test('sends at most 10 at a time, then the others', async () => {
      const phone = await stage.open({ network: { offline: false, latencyMs: 1_000, lossRatio: 0 } })
      await phone.page.clock.install()
      await button(phone, 'Go').click()
      await button(phone, 'Many').click()
      await expect.poll(() => byId(phone, 'answer').innerText()).toMatch('sent')
      const requests = async () => (await calls(phone, 'request')).filter(({ phase }) => phase === 'request')
      expect(await requests()).toHaveLength(10)
      await phone.page.clock.runFor(1_000)
      await expect.poll(requests).toHaveLength(12)
    })

    test('times out after 60 s', async () => {
      const phone = await stage.open({ network: { offline: false, latencyMs: 100_000, lossRatio: 0 } })
      await phone.page.clock.install()
      await button(phone, 'Go').click()
      await button(phone, 'Request').click()
      await phone.waitFor('call')
      await phone.page.clock.runFor(60_000)
      await expect.poll(() => byId(phone, 'answer').innerText()).toMatch('request:fail timeout')
    })

    test('is interrupted 5 s after the Mini Program went to the background', async () => {
      const phone = await stage.open({ network: { offline: false, latencyMs: 60_000, lossRatio: 0 } })
      await phone.page.clock.install()
      await button(phone, 'Go').click()
      await button(phone, 'Request').click()
      await phone.waitFor('call')
      await phone.send({ type: 'background' })
      await phone.page.clock.runFor(5_000)
      await expect.poll(() => byId(phone, 'answer').innerText()).toMatch('request:fail interrupted')
    })
  })

  describe('WeChat around the Mini Program', () => {
    test('login gets its code from the embedder', async () => {
      const phone = await stage.open()
      await button(phone, 'Go').click()
      await button(phone, 'Log in').click()
      await phone.waitFor('login')
      await phone.send({ type: 'settleLogin', id: 1, code: 'c0de' })
      await expect
        .poll(() => byId(phone, 'answer').innerText())
        .toMatch('{"code":"c0de","errMsg":"login:ok"}')
      await button(phone, 'Log in').click()
      await phone.send({ type: 'failLogin', id: 2, reason: 'system error' })
      await expect.poll(() => byId(phone, 'answer').innerText()).toMatch('login:fail system error')
    })

    test('the cashier covers the Mini Program, which is back before its callback runs', async () => {
      const phone = await stage.open()
      await button(phone, 'Go').click()
      await button(phone, 'Pay').click()
      expect(await phone.waitFor('requestPayment')).toMatchObject({
        id: 1,
        parameters: { package: 'prepay_id=p' },
      })
      await phone.send({ type: 'cashierOpened', id: 1 })
      await phone.send({ type: 'settlePayment', id: 1, errMsg: 'requestPayment:fail cancel' })
      await expect.poll(() => byId(phone, 'answer').innerText()).toMatch('requestPayment:fail cancel')
      await expect
        .poll(() => byId(phone, 'answer').innerText())
        .toMatch('detail:show detail:pageLifetime:show')
      await button(phone, 'Back').click()
      await expect
        .poll(() => byId(phone, 'log').innerText())
        .toMatch(/detail:hide detail:pageLifetime:hide app:hide app:show wx:app:show detail:show/)
    })

    test('a payment without signType is passed on without one', async () => {
      const phone = await stage.open()
      await button(phone, 'Go').click()
      await button(phone, 'Default').click()
      const asked = await phone.waitFor('requestPayment')
      expect(asked).toMatchObject({ parameters: { package: 'prepay_id=p', paySign: 's' } })
      expect(asked).not.toHaveProperty('parameters.signType')
    })

    test('a bad signature fails the call without leaving the Mini Program', async () => {
      const phone = await stage.open()
      await button(phone, 'Go').click()
      await button(phone, 'Pay').click()
      await phone.send({ type: 'settlePayment', id: 1, errMsg: 'requestPayment:fail 支付验证签名失败' })
      await expect.poll(() => byId(phone, 'answer').innerText()).toMatch('支付验证签名失败')
      await button(phone, 'Back').click()
      expect(await byId(phone, 'log').innerText()).not.toContain('app:hide')
    })

    test('storage survives a kill of the app, memory does not', async () => {
      const phone = await stage.open()
      const openCart = () => phone.phone.getByRole('navigation').getByRole('button', { name: 'Cart' }).click()
      await openCart()
      await button(phone, 'Keep').click()
      await expect.poll(() => byId(phone, 'kept').innerText()).toMatch('1')
      await phone.restart()
      await openCart()
      await expect.poll(() => byId(phone, 'cart').innerText()).toMatch('cart 1')
      await expect.poll(() => byId(phone, 'kept').innerText()).toMatch('[object Object]')
      // Another Mini Program has a storage of its own.
      await phone.restart({ appId: 'wx1111111111111111' })
      await openCart()
      await expect.poll(() => byId(phone, 'cart').innerText()).toMatch('cart 1')
      expect(await byId(phone, 'kept').innerText()).toBe('')
    })

    test('the theme follows the phone, not the browser', async () => {
      const phone = await stage.open()
      const background = (selector: string): Promise<string> =>
        phone.phone
          .locator(selector)
          .first()
          .evaluate((element) => getComputedStyle(element).backgroundColor)
      await phone.page.emulateMedia({ colorScheme: 'dark' })
      expect(await background('wx-page')).toBe('rgb(255, 255, 255)')
      expect(await background('.host-bar')).toBe('rgb(250, 250, 250)')
      await phone.send({ type: 'setTheme', theme: 'dark' })
      await phone.phone.locator('html[data-theme="dark"]').waitFor()
      expect(await background('wx-page')).toBe('rgb(10, 10, 10)')
      expect(await background('.host-bar')).toBe('rgb(32, 32, 32)')
    })

    test('an action sheet answers with the item, and fails where none is chosen', async () => {
      const phone = await stage.open()
      await button(phone, 'Go').click()
      for (const [name, answer] of [
        ['Second', '{"tapIndex":1,"errMsg":"showActionSheet:ok"}'],
        ['Cancel', '{"errMsg":"showActionSheet:fail cancel"}'],
      ] as const) {
        await button(phone, 'Choose').click()
        await phone.phone.getByRole('dialog', { name: 'First, Second' }).getByRole('button', { name }).click()
        await expect.poll(() => byId(phone, 'answer').innerText()).toMatch(answer)
      }
    })

    test('dialogs are in the language of the phone', async () => {
      const phone = await stage.open({ language: 'zh_CN' })
      await button(phone, 'Go').click()
      await button(phone, 'Ask').click()
      const dialog = phone.phone.getByRole('dialog', { name: 'Sure?' })
      await dialog.getByRole('button', { name: '取消' }).waitFor()
      await dialog.getByRole('button', { name: '确定' }).click()
      await expect.poll(() => byId(phone, 'answer').innerText()).toMatch('"confirm":true')
    })
  })
})
