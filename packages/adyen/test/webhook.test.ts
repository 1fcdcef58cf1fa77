import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isReport, readItem, sign, signedData, unreadableField, verify } from '../src/index.ts'

const DOCS_KEY = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056'
const PHP_KEY = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00'
const JAVA_KEY = '9064450A8892A093D9E97EFCC9639DE31B74F3A7803135555A3C96F5A57915D6'

const docsItem = {
  pspReference: '7914073381342284',
  originalReference: '',
  merchantAccountCode: 'TestMerchant',
  merchantReference: 'TestPayment-1407325143704',
  amount: { value: 1130, currency: 'EUR' },
  eventCode: 'AUTHORISATION',
  success: 'true',
}

test.each([
  {
    from: "Adyen's documentation",
    key: DOCS_KEY,
    item: docsItem,
    signature: 'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=',
  },
  {
    from: 'the PHP library',
    key: PHP_KEY,
    item: docsItem,
    signature: 'Ny9gS2veKo5E4w8/OL6xz1/wvT/hYkAXy1xNc/QvO4I=',
  },
  {
    from: 'the PHP library, with the value 0',
    key: DOCS_KEY,
    item: { ...docsItem, amount: { value: 0, currency: 'EUR' }, eventCode: 'REFUND' },
    signature: 'J7HhsgZo5KwqdB7LFZJV6rfQgp+RqC2kuYyw/3x3w+8=',
  },
  {
    from: 'the Java library',
    key: JAVA_KEY,
    item: {
      pspReference: 'test_REPORT_AVAILABLE',
      merchantAccountCode: 'Magento2Rik',
      merchantReference: 'testMerchantRef1',
      amount: { value: 0, currency: 'EUR' },
      eventCode: 'REPORT_AVAILABLE',
      success: 'true',
    },
    signature: 'NuEkADFmlCC6VgX+wcoPAegIWxVPNBPCuKlM4Hzo5qc=',
  },
  {
    from: 'the Node library, with an original reference',
    key: PHP_KEY,
    item: {
      pspReference: 'pspReference',
      originalReference: 'originalReference',
      merchantAccountCode: 'merchantAccount',
      merchantReference: 'reference',
      amount: { value: 1000, currency: 'EUR' },
      eventCode: 'REPORT_AVAILABLE',
      success: 'true',
    },
    signature: 'ZNBPtI+oDyyRrLyD1XirkKnQgIAlFc07Vj27TeHsDRE=',
  },
])('signs like $from', ({ key, item, signature }) => {
  expect(sign(item, key)).toBe(signature)
  expect(verify({ ...item, additionalData: { hmacSignature: signature } }, [key])).toBe(true)
  expect(
    verify({ ...item, additionalData: { hmacSignature: signature } }, [JAVA_KEY, DOCS_KEY, PHP_KEY]),
  ).toBe(true)
})

test('colons and backslashes are not escaped', () => {
  expect(signedData({ ...docsItem, merchantReference: 'a:b\\c' })).toBe(
    '7914073381342284::TestMerchant:a:b\\c:1130:EUR:AUTHORISATION:true',
  )
})

test.each([{}, { additionalData: null }, { additionalData: {} }, { additionalData: { hmacSignature: 7 } }])(
  'an item without a signature is not authentic: %j',
  (more) => {
    expect(verify({ ...docsItem, ...more }, [DOCS_KEY])).toBe(false)
  },
)

test.each(['A'.repeat(44), '', '=', `${sign(docsItem, DOCS_KEY)}A`, sign(docsItem, PHP_KEY)])(
  'another signature is not authentic: %s',
  (hmacSignature) => {
    expect(verify({ ...docsItem, additionalData: { hmacSignature } }, [DOCS_KEY])).toBe(false)
  },
)

test('every change of a signed value invalidates the signature', () => {
  const hmacSignature = sign(docsItem, DOCS_KEY)
  const names = [
    'pspReference',
    'originalReference',
    'merchantAccountCode',
    'merchantReference',
    'eventCode',
    'success',
  ]
  const forgery = fc.tuple(fc.constantFrom(...names), fc.string())
  const refused = fc.property(forgery, ([name, value]) => {
    const forged = { ...docsItem, [name]: value, additionalData: { hmacSignature } }
    return signedData(forged) === signedData(docsItem) || !verify(forged, [DOCS_KEY])
  })
  expect(fc.check(refused)).toMatchObject({ failed: false })
})

test.each([
  { pspReference: '79140733813:42284' },
  { pspReference: '7914073381342284:', originalReference: 'TestMerchant' },
  { merchantAccountCode: 'Test:Merchant' },
  { eventCode: 'AUTHORISATION:true' },
  { success: 'true:true' },
  { amount: { value: '1130:1', currency: 'EUR' } },
  { amount: { value: 1130, currency: 'E:R' } },
  { amount: { value: Infinity, currency: 'EUR' } },
  { originalReference: {} },
  { originalReference: [] },
  { originalReference: false },
  { amount: { value: 1130, currency: true } },
])('a signature that would hold for another item too is none: %j', (changes) => {
  const item = { ...docsItem, ...changes }
  expect(verify({ ...item, additionalData: { hmacSignature: sign(item, DOCS_KEY) } }, [DOCS_KEY])).toBe(false)
})

test('only the reference of a merchant may hold a colon', () => {
  const item = { ...docsItem, merchantReference: 'shop:4711' }
  expect(verify({ ...item, additionalData: { hmacSignature: sign(item, DOCS_KEY) } }, [DOCS_KEY])).toBe(true)
})

test('an item is read without what is absent, null or empty', () => {
  const { originalReference: _, ...present } = docsItem
  for (const absent of [
    {},
    { originalReference: null },
    { originalReference: '', reason: '', amountOf: {} },
  ]) {
    const item = readItem({ ...present, ...absent, additionalData: null })
    expect(item).toEqual(present)
  }
  const { merchantReference: __, ...unnamed } = present
  expect(readItem({ ...unnamed, merchantReference: '' })).toEqual(unnamed)
})

test.each([
  [{ pspReference: '' }, '/pspReference'],
  [{ amount: { value: 1.5, currency: 'EUR' } }, '/amount/value'],
  [{ amount: { value: 1, currency: 'Euro' } }, '/amount/currency'],
  [{ amount: {} }, '/amount'],
  [{ success: true }, '/success'],
  [{ eventCode: 'moon landing' }, '/eventCode'],
])('an item whose signed values have another form is not read: %j', (changes, field) => {
  const item = { ...docsItem, ...changes }
  expect([readItem(item), unreadableField(item)]).toEqual([undefined, field])
})

test('a report is known by its form', () => {
  const report = {
    pspReference: 'settlement_detail_report_batch_1.csv',
    originalReference: '',
    merchantAccountCode: 'TestMerchant',
    merchantReference: '',
    amount: { value: 0, currency: 'EUR' },
    eventCode: 'REPORT_AVAILABLE',
    eventDate: '2026-11-23T12:00:00+01:00',
    paymentMethod: '',
    reason: 'https://ca-live.adyen.com/reports/download/MerchantAccount/TestMerchant/a.csv',
    success: 'true',
  }
  expect(isReport(report)).toBe(true)
  expect(isReport({ ...report, merchantReference: 'pay_1' })).toBe(false)
  expect(isReport({ ...report, reason: 'https://adyen.com.example/a.csv' })).toBe(false)
})
