import { texts } from './language.ts'

/** A tap that brings nothing for this long seems lost. */
const SLOW_MS = 4_000
const SHOWN_MS = 4_000

/** Shows that the work goes on where it takes long. */
export async function withSlowNotice<T>(work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => {
    void wx.showToast({ title: texts().payment.slow, icon: 'none', duration: SHOWN_MS })
  }, SLOW_MS)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
