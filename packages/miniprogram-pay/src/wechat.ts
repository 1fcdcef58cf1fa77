import type { Method, RequestPaymentParameters } from '@tael/contracts'

interface Failure {
  readonly errMsg: string
}

/**
 * What the payment calls of `wx` (developers.weixin.qq.com), which Taro and uni-app give too. Each file
 * that calls it declares it, because no package can be imported for it; a test compares the types with
 * WeChat's own.
 */
export interface WeChat {
  getStorageSync(key: string): unknown
  setStorageSync(key: string, value: object): void
  removeStorageSync(key: string): void
  request(options: {
    readonly url: string
    readonly method: Method
    readonly header?: object
    readonly timeout?: number
    readonly data?: string
    readonly success: (result: { readonly statusCode: number; readonly data: unknown }) => void
    readonly fail: (failure: Failure) => void
  }): unknown
  login(options: {
    readonly timeout: number
    readonly success: (result: { readonly code: string }) => void
    readonly fail: (failure: Failure) => void
  }): unknown
  getRandomValues(options: { readonly length: number }): Promise<{ readonly randomValues: ArrayBuffer }>
  requestPayment(
    options: RequestPaymentParameters & { readonly complete: (result: Failure) => void },
  ): unknown
  onAppShow(listener: () => void): void
  offAppShow(listener: () => void): void
}

/** What only the simulated cashier calls. */
export interface WeChatDialogs extends Pick<WeChat, 'request'> {
  getAccountInfoSync(): {
    readonly miniProgram: { readonly appId: string; readonly envVersion: 'develop' | 'trial' | 'release' }
  }
  getAppBaseInfo(): { readonly language: string }
  showModal(options: {
    readonly title: string
    readonly content: string
    readonly confirmText: string
    readonly cancelText: string
  }): Promise<{ readonly confirm: boolean }>
  showActionSheet(options: {
    readonly itemList: string[]
    readonly success: (result: { readonly tapIndex: number }) => void
    readonly fail: () => void
  }): unknown
}
