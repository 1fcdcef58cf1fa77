import type { Language } from '@tael/miniprogram-host/embedder'

/** The texts of WeChat's cashier. */
export interface CashierWords {
  readonly close: string
  readonly payment: string
  readonly method: string
  readonly balance: string
  readonly pay: string
  readonly password: string
  readonly keypad: string
  readonly remove: string
  readonly back: string
  readonly cancel: string
  readonly paid: string
  readonly failed: string
  readonly done: string
  readonly working: string
  readonly entered: (digits: number) => string
}

export const cashierWords: Readonly<Record<Language, CashierWords>> = {
  zh_CN: {
    close: '关闭',
    payment: '微信支付',
    method: '付款方式',
    balance: '零钱',
    pay: '立即支付',
    password: '请输入支付密码',
    keypad: '数字键盘',
    remove: '删除',
    back: '返回',
    cancel: '取消',
    paid: '支付成功',
    failed: '支付失败',
    done: '完成',
    working: '正在支付',
    entered: (digits) => `已输入 ${digits} 位，共 6 位`,
  },
  en: {
    close: 'Close',
    payment: 'WeChat Pay',
    method: 'Payment method',
    balance: 'Balance',
    pay: 'Pay',
    password: 'Enter payment password',
    keypad: 'Keypad',
    remove: 'Delete',
    back: 'Back',
    cancel: 'Cancel',
    paid: 'Payment successful',
    failed: 'Payment failed',
    done: 'Done',
    working: 'Paying',
    entered: (digits) => `${digits} of 6 digits entered`,
  },
}
