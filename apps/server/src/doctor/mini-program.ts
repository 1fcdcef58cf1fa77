import type { Config } from '../config.ts'
import { allUnknown, type Finding, pass, passIf, unknown } from './finding.ts'

/** What the Mini Program was built with: apps/miniprogram/src/merchant/shop.ts. */
export interface MiniProgram {
  readonly appId: string
  readonly apiBaseUrl: Readonly<Record<'develop' | 'trial' | 'release', string>>
  readonly simulatesWeChat: boolean
  readonly delivery: boolean
  readonly paymentMessageTemplates: readonly string[]
}

/** Whether the Mini Program of this build and the server agree. */
export async function examineMiniProgram(
  { adyen, wechat, shop, paidMessage, publicUrl }: Config,
  program: MiniProgram,
): Promise<Finding[]> {
  if (!shop.sells) return allUnknown('mini_program', "SHOP=none: the Mini Program is the merchant's own")
  const { appId, simulatesWeChat, delivery, paymentMessageTemplates } = program
  return [
    passIf(appId === wechat.appId, 'mini_program.app_id', `the Mini Program has ${appId}`),
    examineAddress(adyen.live, publicUrl, program),
    passIf(
      !(adyen.live && simulatesWeChat),
      'mini_program.simulation',
      `simulatesWeChat is ${simulatesWeChat}, in ${adyen.live ? 'live' : 'test'} mode`,
    ),
    passIf(
      delivery || !shop.delivers,
      'mini_program.delivery',
      `delivery is ${delivery}, SHOP_DELIVERS ${shop.delivers}`,
    ),
    paidMessage === undefined
      ? pass('mini_program.template', 'no message is configured')
      : passIf(
          paymentMessageTemplates.includes(paidMessage.templateId),
          'mini_program.template',
          `${paymentMessageTemplates.length} templates are offered to shoppers`,
        ),
  ]
}

function examineAddress(live: boolean, publicUrl: string | undefined, { apiBaseUrl }: MiniProgram): Finding {
  if (publicUrl === undefined || publicUrl === '')
    return unknown('mini_program.api_address', 'PUBLIC_URL is not set: nothing to compare with')
  const { release, trial, develop } = apiBaseUrl
  // A server in test mode is one of those that are not released.
  const called = live ? [release] : [trial, develop]
  return passIf(
    called.some((url) => url.replace(/\/+$/, '') === publicUrl),
    'mini_program.api_address',
    `it calls ${called.join(' or ')}; PUBLIC_URL is ${publicUrl}`,
  )
}
