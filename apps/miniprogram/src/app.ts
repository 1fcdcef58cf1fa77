import { backInForeground, takeUp } from './services/payment.ts'
import { offerUpdates } from './services/updates.ts'

App({
  onLaunch() {
    offerUpdates()
  },
  async onShow() {
    backInForeground()
    await takeUp()
  },
})
