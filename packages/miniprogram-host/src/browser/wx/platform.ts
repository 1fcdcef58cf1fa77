import { asynchronous } from './api.ts'

/** A newer version of the Mini Program (developers.weixin.qq.com, UpdateManager). */
export interface Update {
  readonly onReady: (listener: () => void) => void
  readonly apply: () => void
  /** Marks the newer version as downloaded. */
  readonly ready: () => void
}

/** `restart` is called when the Mini Program applies the newer version. */
export function createUpdate(restart: () => void): Update {
  const listeners: (() => void)[] = []
  let isReady = false
  return {
    onReady: (listener) => void listeners.push(listener),
    apply: () => {
      if (!isReady) throw new Error('wx.getUpdateManager().applyUpdate: no update is ready')
      restart()
    },
    ready: () => {
      isReady = true
      for (const listener of listeners) listener()
    },
  }
}

/** APIs that depend on nothing else in the host. */
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
      /** On startup there is never a newer version. */
      onCheckForUpdate: (listener: (result: { hasUpdate: boolean }) => void): void => {
        setTimeout(() => listener({ hasUpdate: false }))
      },
      onUpdateReady: update.onReady,
      onUpdateFailed: (): void => {},
      applyUpdate: update.apply,
    }),
  }
}
