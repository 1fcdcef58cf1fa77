import { createHash, createSign, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto'

/**
 * The signed appId, and the parameters of `wx.requestPayment`. Without `signType` they are signed
 * with WeChat's default, MD5.
 */
export interface SignedParameters {
  readonly appId: string
  readonly timeStamp: string
  readonly nonceStr: string
  readonly package: string
  readonly signType?: string
  readonly paySign: string
}

type Unsigned = Omit<SignedParameters, 'signType' | 'paySign'>

/** The merchant's key pair and its older secret at WeChat Pay, generated at each start. */
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const secret = randomBytes(16).toString('hex')

/** The parameters that open the cashier for a prepay_id, signed at `at` (epoch milliseconds). */
export function signParameters(
  appId: string,
  prepayId: string,
  at: number,
  signType: 'RSA' | 'default',
): SignedParameters {
  const timeStamp = String(Math.floor(at / 1_000))
  const nonceStr = randomBytes(16).toString('hex')
  const unsigned = { appId, timeStamp, nonceStr, package: `prepay_id=${prepayId}` }
  if (signType === 'default') return { ...unsigned, paySign: md5Signature(unsigned) }
  const paySign = createSign('RSA-SHA256').update(rsaText(unsigned)).sign(keys.privateKey, 'base64')
  return { ...unsigned, signType, paySign }
}

/** Whether `paySign` is the signature of these values. */
export function isSigned(parameters: SignedParameters): boolean {
  const { signType = 'MD5', paySign } = parameters
  if (signType === 'MD5') return paySign === md5Signature(parameters)
  if (signType !== 'RSA') return false
  return createVerify('RSA-SHA256').update(rsaText(parameters)).verify(keys.publicKey, paySign, 'base64')
}

/** The signed text of WeChat Pay v3: four values, one a line (pay.weixin.qq.com, chapter3_5_12). */
function rsaText({ appId, timeStamp, nonceStr, package: prepay }: Unsigned): string {
  return `${appId}\n${timeStamp}\n${nonceStr}\n${prepay}\n`
}

/** The signature of WeChat Pay v2: sorted pairs and the secret (pay.weixin.qq.com, chapter4_3). */
function md5Signature({ appId, timeStamp, nonceStr, package: prepay }: Unsigned): string {
  const text = `appId=${appId}&nonceStr=${nonceStr}&package=${prepay}&signType=MD5&timeStamp=${timeStamp}`
  return createHash('md5').update(`${text}&key=${secret}`).digest('hex').toUpperCase()
}
