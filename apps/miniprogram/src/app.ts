import { handleAppShow, resumeAttempt } from './services/payment.ts'
import { offerUpdates } from './services/updates.ts'

App({
  onLaunch() {
    offerUpdates()
  },
  async onShow() {
    handleAppShow()
    await resumeAttempt()
  },
})
