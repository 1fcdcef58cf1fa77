import { operatorScopes } from '@tael/contracts'
import type { Environment } from '@tael/stack'
import { test as base } from 'vitest'
import { openShop } from './actors/index.ts'

/**
 * Tests that share one shop a file: the actors of actors/index.ts. It opens for the first test that
 * asks for it, and closes after the last one. A file that needs other settings overrides
 * `settings`, the server's environment, or `simulatorSettings`; one that kills servers overrides `processes`.
 */
export const test = base
  .extend('settings', { scope: 'file' }, (): Environment => ({}))
  .extend('simulatorSettings', { scope: 'file' }, (): Environment => ({}))
  .extend('processes', { scope: 'file' }, () => false)
  .extend('shop', { scope: 'file' }, async ({ settings, simulatorSettings, processes }, { onCleanup }) => {
    const shop = await openShop({ server: settings, simulator: simulatorSettings, processes })
    onCleanup(() => shop.close())
    return shop
  })
  .extend('adyen', { scope: 'file' }, ({ shop }) => shop.adyen)
  .extend('weChat', { scope: 'file' }, ({ shop }) => shop.weChat)
  .extend('clock', { scope: 'file' }, ({ shop }) => shop.clock)
  .extend('queue', { scope: 'file' }, ({ shop }) => shop.queue)
  /** Buys in every test that names no other shopper. */
  .extend('shopper', { scope: 'file' }, ({ shop }) => shop.shopper('alice'))
  .extend('merchant', { scope: 'file' }, ({ shop }) => shop.merchant())
  /** Has every scope. */
  .extend('operator', { scope: 'file' }, ({ shop }) => shop.operator(...operatorScopes))
