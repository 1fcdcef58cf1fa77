import { nullIfExpected } from './services/errors.ts'
import { handleAppShow, resumeAttempt } from './services/payment.ts'
import { listProducts } from './services/products.ts'
import { offerUpdates } from './services/updates.ts'

App({
  async onLaunch() {
    offerUpdates()
    // Sent before the first page is built, which shows them and any failure.
    await listProducts().catch(nullIfExpected)
  },
  async onShow() {
    handleAppShow()
    await resumeAttempt()
  },
})
