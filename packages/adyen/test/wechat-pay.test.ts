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
const data = { appId: APP_ID, ...parameters }

// Adyen's samples of these answers are no longer published; these combine its schemas with WeChat's
// parameters.
const shapes: [string, PaymentResponse][] = [
  [
    'classic, v40 to v66',
    {
      resultCode: 'RedirectShopper',
      paymentData: 'Ab02b4c0!',
      redirect: { data },
    },
  ],
  [
    'an sdk action',
    { resultCode: 'Pending', action: { type: 'sdk', paymentData: 'Ab02b4c0!', sdkData: data } },
  ],
  [
    'a redirect action',
    { resultCode: 'RedirectShopper', paymentData: 'Ab02b4c0!', action: { type: 'redirect', data } },
  ],
]

test.each(shapes)('the five parameters are found in %s', (_, answer) => {
  expect(readCashierData(answer, APP_ID)).toEqual({ kind: 'ready', parameters })
  expect(readPaymentData(answer)).toBe('Ab02b4c0!')
})

const answerWith = (data: Record<string, unknown>): PaymentResponse => ({
  resultCode: 'Pending',
  action: { type: 'sdk', sdkData: data },
})

test('other spellings of the names are found, and a numeric time becomes a string', () => {
  const { package: prepay, paySign, timeStamp, nonceStr, signType } = parameters
  const respelled = {
    packageValue: prepay,
    sign: paySign,
    timestamp: Number(timeStamp),
    noncestr: nonceStr,
    SIGNTYPE: signType,
  }
  expect(readCashierData(answerWith(respelled), APP_ID)).toEqual({ kind: 'ready', parameters })
})

test.each([
  ['snake case', ['app_id', 'time_stamp', 'nonce_str', 'package', 'sign_type', 'pay_sign']],
  ['upper case', ['APP_ID', 'TIME_STAMP', 'NONCE_STR', 'PACKAGE', 'SIGN_TYPE', 'PAY_SIGN']],
  ['kebab case', ['app-id', 'time-stamp', 'nonce-str', 'package-value', 'sign-type', 'pay-sign']],
  ['words', ['App Id', 'Time Stamp', 'Nonce Str', 'Package Value', 'Sign Type', 'Pay Sign']],
  ['dots', ['app.id', 'time.stamp', 'nonce.str', 'package', 'sign.type', 'pay.sign']],
])('names in %s are found, appId among them', (_, names) => {
  const values = [APP_ID, ...Object.values(parameters)]
  const respelled = Object.fromEntries(names.map((name, index) => [name, values[index]]))
  expect(readCashierData(answerWith(respelled), APP_ID)).toEqual({ kind: 'ready', parameters })
  const another = { ...respelled, [names[0] ?? '']: 'wxffffffffffffffff' }
  expect(readCashierData(answerWith(another), APP_ID)).toMatchObject({ kind: 'unusable' })
})

test.each([undefined, '', null])('a signType of %j is absent, and none is invented', (signType) => {
  const { signType: _, ...rest } = parameters
  const read = readCashierData(answerWith({ ...data, signType }), APP_ID)
  expect(read).toStrictEqual({ kind: 'ready', parameters: rest })
})

test.each(['MD5', 'HMAC-SHA256', 'RSA'])('signType %s is not changed', (signType) => {
  expect(readCashierData(answerWith({ ...data, signType }), APP_ID)).toMatchObject({
    parameters: { signType },
  })
})

test.each(['timeStamp', 'nonceStr', 'package', 'paySign'])(
  'without %s the parameters are unusable',
  (name) => {
    for (const value of [undefined, '', null, {}]) {
      const read = readCashierData(answerWith({ ...data, [name]: value }), APP_ID)
      expect(read).toEqual({ kind: 'unusable', problems: [expect.stringContaining(name)] })
    }
  },
)

test.each([
  { name: 'a package of the native app', data: { ...data, package: 'Sign=WXPay' } },
  { name: 'the appId of another app', data: { ...data, appId: 'wxffffffffffffffff' } },
  { name: 'an unknown signType', data: { ...data, signType: 'SM2' } },
  { name: 'a signType that is no text', data: { ...data, signType: 256 } },
])('$name is unusable, and the problem contains no value', ({ data }) => {
  const read = readCashierData(answerWith(data), APP_ID)
  expect(read.kind).toBe('unusable')
  for (const value of Object.values(data)) expect(JSON.stringify(read)).not.toContain(value)
})

test('an answer without an action has no cashier parameters', () => {
  const refused: PaymentResponse = { resultCode: 'Refused' }
  expect(readCashierData(refused, APP_ID)).toEqual({ kind: 'none' })
  expect(readPaymentData(refused)).toBeUndefined()
})
