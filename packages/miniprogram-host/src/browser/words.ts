import type { Language } from '../messages.ts'

/** What WeChat itself writes around a Mini Program. */
export interface Words {
  readonly back: string
  readonly ok: string
  readonly cancel: string
  readonly tabs: string
  readonly loading: string
}

export const words: Readonly<Record<Language, Words>> = {
  zh_CN: { back: '返回', ok: '确定', cancel: '取消', tabs: '标签栏', loading: '正在刷新' },
  en: { back: 'Back', ok: 'OK', cancel: 'Cancel', tabs: 'Tabs', loading: 'Refreshing' },
}
