import { backInForeground, takeUp } from './services/payment.ts'

App({
  async onShow() {
    backInForeground()
    await takeUp()
  },
})
