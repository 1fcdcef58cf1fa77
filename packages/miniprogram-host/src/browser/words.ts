import type { Language } from '../protocol.ts'

/** WeChat's own texts around a Mini Program. */
export interface Words {
  readonly back: string
  readonly ok: string
  readonly cancel: string
  readonly tabs: string
  readonly loading: string
  readonly subscribe: string
  readonly accept: string
  readonly reject: string
  readonly address: string
  readonly addressConsent: string
}

export const words: Readonly<Record<Language, Words>> = {
  zh_CN: {
    back: '返回',
    ok: '确定',
    cancel: '取消',
    tabs: '标签栏',
    loading: '正在刷新',
    subscribe: '允许小程序发送一次消息？',
    accept: '允许',
    reject: '拒绝',
    address: '收货地址',
    addressConsent: '允许小程序使用你的收货地址？',
  },
  en: {
    back: 'Back',
    ok: 'OK',
    cancel: 'Cancel',
    tabs: 'Tabs',
    loading: 'Refreshing',
    subscribe: 'Allow one message from this Mini Program?',
    accept: 'Allow',
    reject: 'Decline',
    address: 'Delivery address',
    addressConsent: 'Allow this Mini Program to use your address?',
  },
}
