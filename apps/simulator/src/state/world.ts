import type { Config } from '../config.ts'
import { AccessTokens } from './access-tokens.ts'
import { CallLog } from './call-log.ts'
import { Clock } from './clock.ts'
import { IdempotencyKeys } from './idempotency-keys.ts'
import { Ledger } from './ledger.ts'
import { LoginCodes } from './login-codes.ts'
import { Shipments } from './shipments.ts'
import { Subscriptions } from './subscriptions.ts'
import { Switchboard } from './switchboard.ts'
import { WebhookQueue } from './webhook-queue.ts'

/** The whole state of the simulator. */
export interface World {
  readonly config: Config
  readonly clock: Clock
  readonly callLog: CallLog
  readonly switchboard: Switchboard
  readonly ledger: Ledger
  readonly idempotencyKeys: IdempotencyKeys
  readonly loginCodes: LoginCodes
  readonly accessTokens: AccessTokens
  readonly subscriptions: Subscriptions
  readonly shipments: Shipments
  readonly webhooks: WebhookQueue
}

export function createWorld(config: Config): World {
  const clock = new Clock(config.speed)
  const callLog = new CallLog()
  const switchboard = new Switchboard(config.seed, config.wechatAppId)
  return {
    config,
    clock,
    callLog,
    switchboard,
    ledger: new Ledger(),
    idempotencyKeys: new IdempotencyKeys(clock),
    loginCodes: new LoginCodes(clock),
    accessTokens: new AccessTokens(clock),
    subscriptions: new Subscriptions(),
    shipments: new Shipments(),
    webhooks: new WebhookQueue(config, clock, callLog, switchboard),
  }
}

/** Restores the state of a simulator that was just started with the same seed. */
export function reset(world: World): void {
  world.webhooks.clear()
  world.clock.clear()
  world.callLog.clear()
  world.switchboard.reset()
  world.ledger.clear()
  world.idempotencyKeys.clear()
  world.loginCodes.clear()
  world.accessTokens.clear()
  world.subscriptions.clear()
  world.shipments.clear()
}
