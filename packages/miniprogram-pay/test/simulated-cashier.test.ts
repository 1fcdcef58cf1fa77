import { readFile } from 'node:fs/promises'
import { RequestPaymentParameters } from '@tael/contracts'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  APP_ID,
  type Merchant,
  openShop,
  read,
  sendDetails,
  sessionQuery,
  startPayment,
} from '../../../apps/simulator/test/merchant.ts'
import { hasSimulatedCashier } from '../build/simulated-cashier.ts'
import { simulatedWeChat } from '../src/simulated-cashier.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** What the shopper taps: in the sheet (undefined beside it), and in the dialog after a payment. */
interface Taps {
  readonly sheet: number | undefined
  readonly done?: boolean
}

interface RequestOptions {
  readonly url: string
  readonly method: string
  readonly data: string
  readonly success: (result: { readonly data: unknown }) => void
  readonly fail: (failure: { readonly errMsg: string }) => void
}

interface SheetOptions {
  readonly itemList: readonly string[]
  readonly success: (result: { readonly tapIndex: number }) => void
  readonly fail: (failure: { readonly errMsg: string }) => void
}

/** WeChat's dialogs, and wx.request over real HTTP; returns what the dialogs showed. */
function stubWeChat(
  { sheet, done = true }: Taps,
  envVersion = 'develop',
  language = 'en',
): readonly string[][] {
  const shown: string[][] = []
  vi.stubGlobal('wx', {
    getAccountInfoSync: () => ({ miniProgram: { appId: APP_ID, envVersion } }),
    getAppBaseInfo: () => ({ language }),
    request: ({ url, method, data, success, fail }: RequestOptions) => {
      fetch(url, { method, body: data, headers: { 'content-type': 'application/json' } })
        .then((answer) => answer.json())
        .then(
          (body: unknown) => success({ data: body }),
          (error: unknown) => fail({ errMsg: `request:fail ${String(error)}` }),
        )
    },
    showActionSheet: ({ itemList, success, fail }: SheetOptions) => {
      shown.push([...itemList])
      if (sheet === undefined) fail({ errMsg: 'showActionSheet:fail cancel' })
      else success({ tapIndex: sheet })
    },
    showModal: async (
      modal: Readonly<Record<'title' | 'content' | 'confirmText' | 'cancelText', string>>,
    ) => {
      shown.push([modal.title, modal.content, modal.confirmText, modal.cancelText])
      return { confirm: done }
    },
  })
  return shown
}

/** Opens the simulated cashier for a payment, and waits for what it reports. */
async function open(shop: Merchant, value: number, taps: Taps) {
  const { parameters: signed, paymentData } = await startPayment(shop, value, 'r1')
  const { appId: _, ...parameters } = signed
  const shown = stubWeChat(taps)
  const { cashier } = simulatedWeChat({ simulator: shop.url })
  const reported = await new Promise<string>((resolve) => {
    cashier(read(RequestPaymentParameters, parameters), {
      complete: resolve,
      returned: () => resolve('returned without a callback'),
    })
  })
  return { shown, reported, paymentData }
}

async function ledgerOf(shop: Merchant) {
  return (await shop.ledger()).map(({ result, paid }) => ({ result, paid }))
}

describe('the simulated cashier', () => {
  test.each([
    ['pays', 1280, { sheet: 0 }, 'requestPayment:ok', 1280],
    [
      'pays, and is closed before its last button',
      1280,
      { sheet: 0, done: false },
      'returned without a callback',
      1280,
    ],
    ['is refused', 1201, { sheet: 0 }, 'requestPayment:fail 支付失败', 0],
    ['fails', 1280, { sheet: 1 }, 'requestPayment:fail (simulated)', 0],
    ['is cancelled', 1280, { sheet: undefined }, 'requestPayment:fail cancel', 0],
    ['is closed without a callback', 1280, { sheet: 2 }, 'returned without a callback', 0],
  ] as const)('%s', async (_, value, taps, reported, paid) => {
    const shop = await openShop()
    const opened = await open(shop, value, taps)
    expect(opened.reported).toBe(reported)
    expect(opened.shown[0]).toEqual([`Pay ¥${(value / 100).toFixed(2)}`, 'Fail', 'Close without a callback'])
    await shop.waitUntilIdle()
    expect(await ledgerOf(shop)).toMatchObject([{ paid }])
  })

  test('that failed leaves a payment which Adyen calls cancelled', async () => {
    const shop = await openShop()
    const { reported, paymentData } = await open(shop, 1280, { sheet: 1 })
    expect((await sendDetails(shop, paymentData, reported, 'k')).body).toMatchObject({
      resultCode: 'Cancelled',
    })
  })

  test('passes the error of parameters that nobody signed on, and opens no sheet', async () => {
    const shop = await openShop()
    const shown = stubWeChat({ sheet: 0 })
    const { cashier } = simulatedWeChat({ simulator: shop.url })
    const parameters = { timeStamp: '1', nonceStr: 'n', package: 'prepay_id=p', paySign: 's' }
    const errMsg = await new Promise((complete) => cashier(parameters, { complete, returned: () => {} }))
    expect(errMsg).toBe('requestPayment:fail 支付验证签名失败')
    expect(shown).toEqual([])
  })

  test('fails where there is no simulator', async () => {
    stubWeChat({ sheet: 0 })
    const { cashier, login } = simulatedWeChat({ simulator: 'http://127.0.0.1:1' })
    const parameters = { timeStamp: '1', nonceStr: 'n', package: 'prepay_id=p', paySign: 's' }
    const errMsg = await new Promise((complete) => cashier(parameters, { complete, returned: () => {} }))
    expect(errMsg).toMatch(/^requestPayment:fail .*The simulator did not answer/)
    await expect(login()).rejects.toMatchObject({ name: 'NoAnswerError' })
  })

  test('has buttons of four characters at most in its dialog, in both languages', async () => {
    const shop = await openShop()
    const { shown } = await open(shop, 1280, { sheet: 0 })
    expect(shown[1]?.slice(2).every((text) => text.length <= 4)).toBe(true)
    const chinese = stubWeChat({ sheet: 0 }, 'develop', 'zh_CN')
    const { parameters: signed } = await startPayment(shop, 1280, 'r2')
    const { appId: _, ...parameters } = signed
    const { cashier } = simulatedWeChat({ simulator: shop.url })
    await new Promise((complete) =>
      cashier(read(RequestPaymentParameters, parameters), { complete, returned: () => {} }),
    )
    expect(chinese).toEqual([
      ['支付 ¥12.80', '支付失败', '关闭，不回调'],
      ['模拟支付成功', '¥12.80', '完成', '离开'],
    ])
  })
})

test('the simulated login gives a code that the simulator exchanges for its shopper', async () => {
  const shop = await openShop()
  stubWeChat({ sheet: 0 })
  const { login } = simulatedWeChat({ simulator: shop.url, shopper: 'alice' })
  const { body } = await shop.session(sessionQuery(await login()))
  expect(body).toMatchObject({ openid: await shop.login('alice') })
})

test('a released Mini Program refuses to run it', () => {
  stubWeChat({ sheet: 0 }, 'release')
  expect(() => simulatedWeChat({ simulator: 'http://127.0.0.1:8800' })).toThrow('must not contain')
})

const source = (name: string) => readFile(new URL(`../src/${name}.ts`, import.meta.url), 'utf8')

test('a build that contains it is recognised by its source', async () => {
  expect(hasSimulatedCashier(await source('simulated-cashier'))).toBe(true)
  expect(hasSimulatedCashier(await source('cashier'))).toBe(false)
})
