import { asynchronous } from './api.ts'

/** Calls that need nothing of the host's state. */
export function platformApis() {
  return {
    nextTick: (callback: () => void): void => queueMicrotask(callback),
    getRandomValues: asynchronous('getRandomValues', ({ length }: { length: number }) => ({
      randomValues: crypto.getRandomValues(new Uint8Array(length)).buffer,
    })),
    setClipboardData: asynchronous('setClipboardData', async ({ data }: { data: string }) => {
      await navigator.clipboard.writeText(data)
      return {}
    }),
    /** Nothing is ever newer than what runs here. */
    getUpdateManager: () => ({
      onCheckForUpdate: (listener: (result: { hasUpdate: boolean }) => void): void => {
        setTimeout(() => listener({ hasUpdate: false }))
      },
      onUpdateReady: (): void => {},
      onUpdateFailed: (): void => {},
      applyUpdate: (): void => {
        throw new Error('wx.getUpdateManager().applyUpdate: there is no update')
      },
    }),
  }
}
