import { randomUUID } from 'node:crypto'
import { operatorRoutes } from '@tael/contracts'
import type { SimulatedShop } from './simulated-shop.ts'

/** What the demo's shoppers did before somebody looks. Nothing of it is invented: the calls are real ones. */
export async function seedHistory(shop: SimulatedShop, key: string): Promise<void> {
  const [tea, cake, other] = (await shop.products()).map(({ id }) => id)
  if (tea === undefined || cake === undefined || other === undefined) return
  const operator = shop.operator(key)
  const [mei, jun, lan] = [await shop.shopper('mei'), await shop.shopper('jun'), await shop.shopper('lan')]

  const shipped = await mei.buy(tea, 2)
  await operator(operatorRoutes.createShipment, {
    params: { orderId: shipped.orderId },
    body: { logisticsType: 'express', carrier: 'ZTO', trackingNo: '75300012345678', items: 'Tea' },
    idempotencyKey: randomUUID(),
  })
  const partly = await jun.buy(cake)
  await operator(operatorRoutes.createRefund, {
    params: { paymentId: partly.id },
    body: { amount: { ...partly.amount, value: Math.ceil(partly.amount.value / 4) }, reason: 'goodwill' },
    idempotencyKey: randomUUID(),
  })
  // One is refused, and paid at the second attempt.
  const retried = await lan.order(other)
  await shop.setScenario('refused')
  await lan.finish(await lan.start(retried))
  await shop.setScenario(null)
  await lan.finish(await lan.start(retried))
  // A shopper wants their money back, one leaves the cashier, one cancels, one still has it open.
  await mei.requestRefund((await mei.buy(other)).orderId)
  await jun.finish(await jun.start(await jun.order(tea)), 'cancel')
  await lan.cancel((await lan.order(cake)).id)
  await mei.start(await mei.order(cake))
}
