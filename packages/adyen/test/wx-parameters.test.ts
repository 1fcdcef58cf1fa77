import { expect, test } from 'vitest'
import { type PaymentResponse, readCashierData, readPaymentData } from '../src/index.ts'

const APP_ID = 'wx0123456789abcdef'
const parameters = {
  timeStamp: '1566293461',
  nonceStr: 'f3d0a',
  package: 'prepay_id=wx2017033010242291fcfe0db70013231072',
  signType: 'RSA',
  paySign: 'oR9d8PuhnIc',
}
const bag = { appId: APP_ID, ...parameters }

// Adyen's published samples of these answers are lost; these are rebuilt from its schemas and
// WeChat's own parameters.
const shapes: [string, PaymentResponse][] = [
  [
    'classic, v40 to v66',
    {
      resultCode: 'RedirectShopper',
      paymentData: 'Ab02b4c0!',
      redirect: { data: bag },
    },
  ],
  [
    'an sdk action',
    { resultCode: 'Pending', action: { type: 'sdk', paymentData: 'Ab02b4c0!', sdkData: bag } },
  ],
  [
    'a redirect action',
    { resultCode: 'RedirectShopper', paymentData: 'Ab02b4c0!', action: { type: 'redirect', data: bag } },
  ],
]

test.each(shapes)('the five parameters are found in %s', (_, answer) => {
  expect(readCashierData(answer, APP_ID)).toEqual({ kind: 'ready', parameters })
  expect(readPaymentData(answer)).toBe('Ab02b4c0!')
})

const answered = (data: Record<string, unknown>): PaymentResponse => ({
  resultCode: 'Pending',
  action: { type: 'sdk', sdkData: data },
})

test('other spellings of the same keys are found, and a number for a time becomes a text', () => {
  const { package: prepay, paySign, timeStamp, nonceStr, signType } = parameters
  const spelled = {
    packageValue: prepay,
    sign: paySign,
    timestamp: Number(timeStamp),
    noncestr: nonceStr,
    SIGNTYPE: signType,
  }
  expect(readCashierData(answered(spelled), APP_ID)).toEqual({ kind: 'ready', parameters })
})

test.each(['MD5', 'HMAC-SHA256', 'RSA'])('signType %s passes untouched', (signType) => {
  expect(readCashierData(answered({ ...bag, signType }), APP_ID)).toMatchObject({ parameters: { signType } })
})

test.each(['timeStamp', 'nonceStr', 'package', 'signType', 'paySign'])(
  'without %s no cashier opens',
  (name) => {
    for (const value of [undefined, '', null, {}]) {
      const read = readCashierData(answered({ ...bag, [name]: value }), APP_ID)
      expect(read).toEqual({ kind: 'unusable', problems: [expect.stringContaining(name)] })
    }
  },
)

test.each([
  { name: 'a package of the native app', data: { ...bag, package: 'Sign=WXPay' } },
  { name: 'the appId of another app', data: { ...bag, appId: 'wxffffffffffffffff' } },
  { name: 'an unknown signType', data: { ...bag, signType: 'SM2' } },
])('$name is unusable, and no value is told', ({ data }) => {
  const read = readCashierData(answered(data), APP_ID)
  expect(read.kind).toBe('unusable')
  for (const value of Object.values(data)) expect(JSON.stringify(read)).not.toContain(value)
})

test('an answer without an action has nothing for a cashier', () => {
  expect(readCashierData({ resultCode: 'Refused' }, APP_ID)).toEqual({ kind: 'none' })
  expect(readPaymentData({ resultCode: 'Refused' })).toBeUndefined()
})
