import { createTaelShop } from '@tael/miniprogram-pay/shop'
import { simulatedWeChat } from '@tael/miniprogram-pay/simulated-cashier'
import { apiBaseUrl, simulatesWeChat, simulation } from '../merchant/shop.ts'
import { texts } from './language.ts'
import { confirmNewAmount } from './navigation.ts'

const SLOW_NOTICE_MS = 4_000

/** The payment, and the calls to the server. */
export const tael = createTaelShop({
  server: apiBaseUrl[wx.getAccountInfoSync().miniProgram.envVersion],
  confirmAmount: confirmNewAmount,
  onSlow: () => void wx.showToast({ title: texts().payment.slow, icon: 'none', duration: SLOW_NOTICE_MS }),
  ...(simulatesWeChat ? simulatedWeChat(simulation) : {}),
})
