import type { Device } from '../device.ts'
import type { Warn } from '../hooks.ts'
import type { Overlays } from '../overlays.ts'
import type { Screens } from '../screens.ts'
import type { Visibility } from '../visibility.ts'
import type { Words } from '../words.ts'
import { type AppConfig, PRIVATE_APIS } from '../../program.ts'
import { addressApis } from './address.ts'
import { asynchronousBare } from './api.ts'
import type { CallLog } from './call-log.ts'
import { feedbackApis } from './feedback.ts'
import { navigationApis } from './navigation.ts'
import { platformApis, type Update } from './platform.ts'
import { requestApi } from './request.ts'
import { storageApis } from './storage.ts'
import { systemApis } from './system.ts'

/** The APIs that the host implements, by name. */
type Apis = Partial<Record<keyof WechatMiniprogram.Wx, unknown>>

export interface WxOptions {
  readonly wechat: Readonly<Apis>
  readonly overlays: Overlays
  readonly words: Words
  readonly device: Device
  readonly visibility: Visibility
  readonly log: CallLog
  readonly update: Update
  /** app.json. */
  readonly config: AppConfig
  readonly warn: Warn
}

/**
 * Makes the `wx` object. A missing API is undefined, as on an older phone, so that a test for it
 * does not throw; its first use warns.
 */
export function createWx(options: WxOptions, screens: () => Screens): object {
  const { wechat, overlays, words, device, visibility, log, update, config, warn } = options
  const timeoutMs = config.networkTimeout?.request
  const apis: Apis = {
    ...wechat,
    ...navigationApis(screens, warn),
    ...feedbackApis(overlays, words),
    ...storageApis(device.appId),
    ...systemApis(device),
    ...platformApis(update),
    ...addressApis(overlays, words),
    request: requestApi({ device, visibility, log, ...(timeoutMs === undefined ? {} : { timeoutMs }) }),
    canIUse: (schema: string): boolean => Object.hasOwn(apis, schema.split('.')[0] ?? ''),
  }
  const undeclared = PRIVATE_APIS.filter(
    (name) => name in apis && config.requiredPrivateInfos?.includes(name) !== true,
  )
  for (const name of undeclared) apis[name] = refused(name, warn)
  return new Proxy(apis, {
    get: (target, name) => {
      if (!Reflect.has(target, name)) warn(`wx.${String(name)} is not in this host: it is undefined here`)
      return Reflect.get(target, name)
    },
  })
}

/** A private API that app.json does not declare: WeChat refuses each call. */
function refused(name: string, warn: Warn) {
  return asynchronousBare(name, () => {
    warn(`wx.${name} is not in requiredPrivateInfos of app.json: WeChat refuses it`)
    throw new Error('fail the api need to be declared in the requiredPrivateInfos field in app.json/ext.json')
  })
}
