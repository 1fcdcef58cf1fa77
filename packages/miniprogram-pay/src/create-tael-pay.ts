import { createTaelShop } from './create-tael-shop.ts'
import type { TaelPay, TaelPayOptions } from './tael-pay.ts'

/** The payment of a Mini Program whose orders come from its merchant's own server. */
export function createTaelPay(options: TaelPayOptions): TaelPay {
  return createTaelShop(options)
}
