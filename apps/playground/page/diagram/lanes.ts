import type { Party } from '@tael/simulator/call-log'

/** The lanes from left to right. */
export const lanes: readonly Party[] = ['miniprogram', 'server', 'adyen', 'wechat']

export const laneNames: Readonly<Record<Party, string>> = {
  miniprogram: 'Mini Program',
  server: 'Server',
  adyen: 'Adyen',
  wechat: 'WeChat',
}
