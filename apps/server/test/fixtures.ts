import { operatorScopes, shopperRoutes } from '@tael/contracts'
import type { Environment } from '@tael/stack'
import { test as base } from 'vitest'
import { logIn, openShop, operatorKey } from './shop.ts'

/**
 * Tests that share one shop a file. It opens for the first test that asks for it, and closes after the last one.
 * A file that needs other settings overrides `settings`, those of the server, or `simulatorSettings`.
 */
export const test = base
  .extend('settings', { scope: 'file' }, (): Environment => ({}))
  .extend('simulatorSettings', { scope: 'file' }, (): Environment => ({}))
  .extend('shop', { scope: 'file' }, async ({ settings, simulatorSettings }, { onCleanup }) => {
    const shop = await openShop(settings, simulatorSettings)
    onCleanup(() => shop.close())
    return shop
  })
  /** The session of the shopper who does what a test does not say of another. */
  .extend('token', { scope: 'file' }, ({ shop }) => logIn(shop))
  /** The key of an operator who may do everything. */
  .extend('key', { scope: 'file' }, ({ shop }) => operatorKey(shop, ...operatorScopes))
  .extend(
    'look',
    ({ shop, token }) =>
      (paymentId: string) =>
        shop.call(shopperRoutes.getPayment, { params: { paymentId } }, { token }),
  )
  .extend(
    'lookAtOrder',
    ({ shop, token }) =>
      (orderId: string) =>
        shop.call(shopperRoutes.getOrder, { params: { orderId } }, { token }),
  )
