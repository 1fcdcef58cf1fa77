import { nullIfExpected } from '@tael/miniprogram-pay/shop'
import { listProducts } from './services/products.ts'
import { tael } from './services/tael.ts'
import { offerUpdates } from './services/updates.ts'

App({
  async onLaunch() {
    offerUpdates()
    // Sent before the first page is built, which shows them and any failure.
    await listProducts().catch(nullIfExpected)
  },
  async onShow() {
    await tael.resume()
  },
})
