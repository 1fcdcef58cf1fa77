/** What Adyen may put beside an answer or a webhook. */
interface WithAdditionalData {
  readonly additionalData?: Readonly<Record<string, unknown>>
}

/** WeChat's form: 28 digits nowadays, at most 32 letters and digits (pay.weixin.qq.com, transaction_id). */
const TRANSACTION_ID = /^[0-9A-Za-z]{1,32}$/

/**
 * WeChat's own number of a payment, from the field of `additionalData` that the configuration names: where Adyen puts it
 * is not documented. Anything that is not one is left alone.
 */
export function wechatTransactionIdOf(
  { additionalData }: WithAdditionalData,
  field: string | undefined,
): { readonly wechatTransactionId?: string } {
  const found = field === undefined ? undefined : additionalData?.[field]
  return typeof found === 'string' && TRANSACTION_ID.test(found) ? { wechatTransactionId: found } : {}
}
