/** An answer or a webhook, with the fields that Adyen adds on request. */
interface WithAdditionalData {
  readonly additionalData?: unknown
}

/**
 * WeChat's form: 28 digits nowadays, at most 32 letters and digits (pay.weixin.qq.com,
 * transaction_id).
 */
const TRANSACTION_ID = /^[0-9A-Za-z]{1,32}$/

/**
 * WeChat's transaction id of a payment, from the field of `additionalData` that the configuration
 * names, because Adyen does not document the field. A value of another form is ignored.
 */
export function wechatTransactionIdOf(
  { additionalData }: WithAdditionalData,
  field: string | undefined,
): { readonly wechatTransactionId?: string } {
  if (field === undefined || typeof additionalData !== 'object' || additionalData === null) return {}
  const found: unknown = new Map<string, unknown>(Object.entries(additionalData)).get(field)
  return typeof found === 'string' && TRANSACTION_ID.test(found) ? { wechatTransactionId: found } : {}
}
