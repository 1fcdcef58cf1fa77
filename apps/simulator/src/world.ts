import { IdempotencyKeys } from './adyen/idempotency.ts'
import { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { Switchboard } from './faults.ts'
import { Ledger } from './ledger.ts'
import { Messages } from './messages.ts'
import { Webhooks } from './webhooks.ts'
import { AccessTokens } from './wechat/access-tokens.ts'
import { LoginCodes } from './wechat/login.ts'
import { Shipments } from './wechat/shipping.ts'
import { Subscriptions } from './wechat/subscriptions.ts'

/** Everything the simulator remembers. */
export interface World {
  readonly config: Config
  readonly clock: Clock
  readonly messages: Messages
  readonly switchboard: Switchboard
  readonly ledger: Ledger
  readonly idempotency: IdempotencyKeys
  readonly loginCodes: LoginCodes
  readonly accessTokens: AccessTokens
  readonly subscriptions: Subscriptions
  readonly shipments: Shipments
  readonly webhooks: Webhooks
}

export function createWorld(config: Config): World {
  const clock = new Clock(config.speed)
  const messages = new Messages()
  const switchboard = new Switchboard(config.seed, config.wechatAppId)
  return {
    config,
    clock,
    messages,
    switchboard,
    ledger: new Ledger(),
    idempotency: new IdempotencyKeys(clock),
    loginCodes: new LoginCodes(clock),
    accessTokens: new AccessTokens(clock),
    subscriptions: new Subscriptions(),
    shipments: new Shipments(),
    webhooks: new Webhooks(config, clock, messages, switchboard),
  }
}

/** Forgets everything that happened and every switch that was set, as if just started with the same seed. */
export function reset(world: World): void {
  world.webhooks.clear()
  world.clock.clear()
  world.messages.clear()
  world.switchboard.reset()
  world.ledger.clear()
  world.idempotency.clear()
  world.loginCodes.clear()
  world.accessTokens.clear()
  world.subscriptions.clear()
  world.shipments.clear()
}
