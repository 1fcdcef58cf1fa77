import { asynchronous } from './api.ts'

/** A newer version of the Mini Program, as WeChat brings it (developers.weixin.qq.com, UpdateManager). */
export interface Update {
  readonly onReady: (listener: () => void) => void
  readonly apply: () => void
  /** The newer version is on the phone. */
  readonly ready: () => void
}

/** `restart` is called where the Mini Program takes the newer version up. */
export function createUpdate(restart: () => void): Update {
  const listeners: (() => void)[] = []
  let isReady = false
  return {
    onReady: (listener) => void listeners.push(listener),
    apply: () => {
      if (!isReady) throw new Error('wx.getUpdateManager().applyUpdate: there is no update')
      restart()
    },
    ready: () => {
      isReady = true
      for (const listener of listeners) listener()
    },
  }
}

/** Calls that need nothing of the host's state. `update` plays WeChat's part in bringing a newer version. */
export function platformApis(update: Update) {
  return {
    nextTick: (callback: () => void): void => queueMicrotask(callback),
    getRandomValues: asynchronous('getRandomValues', ({ length }: { length: number }) => ({
      randomValues: crypto.getRandomValues(new Uint8Array(length)).buffer,
    })),
    setClipboardData: asynchronous('setClipboardData', async ({ data }: { data: string }) => {
      await navigator.clipboard.writeText(data)
      return {}
    }),
    getUpdateManager: () => ({
      /** At the start nothing is newer than what runs here. */
      onCheckForUpdate: (listener: (result: { hasUpdate: boolean }) => void): void => {
        setTimeout(() => listener({ hasUpdate: false }))
      },
      onUpdateReady: update.onReady,
      onUpdateFailed: (): void => {},
      applyUpdate: update.apply,
    }),
  }
}
