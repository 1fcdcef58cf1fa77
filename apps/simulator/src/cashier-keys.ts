import { createSign, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto'

/** The signed appId, and the five parameters of `wx.requestPayment`. */
export interface SignedParameters {
  readonly appId: string
  readonly timeStamp: string
  readonly nonceStr: string
  readonly package: string
  readonly signType: string
  readonly paySign: string
}

/** The merchant's key pair at WeChat Pay, generated at each start. */
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** The parameters that open the cashier for a prepay_id, signed at `at` (epoch milliseconds). */
export function signParameters(appId: string, prepayId: string, at: number): SignedParameters {
  const timeStamp = String(Math.floor(at / 1_000))
  const nonceStr = randomBytes(16).toString('hex')
  const signed = { appId, timeStamp, nonceStr, package: `prepay_id=${prepayId}` }
  const paySign = createSign('RSA-SHA256').update(signedText(signed)).sign(keys.privateKey, 'base64')
  return { ...signed, signType: 'RSA', paySign }
}

/** Whether `paySign` is the signature of these values. */
export function isSigned(parameters: SignedParameters): boolean {
  return createVerify('RSA-SHA256')
    .update(signedText(parameters))
    .verify(keys.publicKey, parameters.paySign, 'base64')
}

/** The signed text of WeChat Pay v3: four values, one a line (pay.weixin.qq.com, chapter3_5_12). */
function signedText({
  appId,
  timeStamp,
  nonceStr,
  package: prepay,
}: Omit<SignedParameters, 'signType' | 'paySign'>) {
  return `${appId}\n${timeStamp}\n${nonceStr}\n${prepay}\n`
}
