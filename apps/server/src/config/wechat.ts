import type { EnvironmentReader } from '@tael/config'
import { readMessageFields } from './message-fields.ts'

/** WeChat's API. Live mode allows no other. */
export const WECHAT_API_URL = 'https://api.weixin.qq.com'

export function readWeChat(read: EnvironmentReader) {
  return {
    apiUrl: read.url('WECHAT_API_URL', 'a URL', WECHAT_API_URL),
    appId: read.text(
      'WECHAT_APP_ID',
      /^wx[0-9a-f]{16}$/,
      'the AppID of the Mini Program: wx and 16 hex digits',
    ),
    appSecret: read.secret(
      'WECHAT_APP_SECRET',
      /^[0-9a-f]{32}$/,
      'the AppSecret of the Mini Program: 32 hex digits',
    ),
  } as const
}

/** Enabled when either variable is set; then both are required. */
export function readPaidMessage(read: EnvironmentReader, live: boolean) {
  if (!read.has('PAID_MESSAGE_TEMPLATE_ID') && !read.has('PAID_MESSAGE_FIELDS')) return undefined
  const fields = read.text('PAID_MESSAGE_FIELDS', /\S/, 'the content of each field of the template')
  return {
    templateId: read.text('PAID_MESSAGE_TEMPLATE_ID', /^\S+$/, 'the id of your template at WeChat'),
    fields:
      fields === ''
        ? []
        : readMessageFields(fields, (problem) => {
            read.problems.push(`PAID_MESSAGE_FIELDS is invalid: ${problem}`)
          }),
    /** The version of the Mini Program that the message opens. */
    programState: live ? 'formal' : 'developer',
  } as const
}

/**
 * How WeChat identifies a shipped payment: its transaction id, or the merchant's id and a
 * reference.
 */
export type ShippingUploadConfig =
  | { readonly by: 'transaction_id' }
  | { readonly by: 'psp_reference' | 'merchant_reference'; readonly merchantId: string }

export function readShippingUpload(read: EnvironmentReader): ShippingUploadConfig | undefined {
  const ways = ['off', 'transaction_id', 'psp_reference', 'merchant_reference'] as const
  const by = read.oneOf('SHIPPING_UPLOAD', ways, 'off')
  if (by === 'off') return undefined
  if (by === 'transaction_id') {
    if (!read.has('WECHAT_TRANSACTION_ID_FIELD'))
      read.problems.push('WECHAT_TRANSACTION_ID_FIELD is missing: SHIPPING_UPLOAD=transaction_id requires it')
    return { by }
  }
  const rule = `your merchant number at WeChat Pay, which SHIPPING_UPLOAD=${by} requires`
  return { by, merchantId: read.text('WECHAT_MERCHANT_ID', /^\d{1,32}$/, rule) }
}
