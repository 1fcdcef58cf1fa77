import { vi } from 'vitest'
import { openPhone, type Phone } from '../../../packages/miniprogram-pay/test/phone.ts'

/** The shop's exports that tests use. Their types need WeChat's globals, not Node's. */
interface PaymentFlow {
  pay(orderId: string, shown: object): Promise<void>
  checkout(lines: readonly object[], shown: object, deliverTo?: object): Promise<'declined' | void>
}

export interface ShopPhone extends Phone {
  readonly flow: PaymentFlow
}

/** A logged-in phone on which the shop has just started: its modules are loaded afresh. */
export async function openShop(storage: Iterable<readonly [string, unknown]> = []): Promise<ShopPhone> {
  vi.resetModules()
  const phone = openPhone(storage)
  const flow: PaymentFlow = await import(new URL('../src/services/payment.ts', import.meta.url).href)
  return Object.assign(phone, { flow })
}
