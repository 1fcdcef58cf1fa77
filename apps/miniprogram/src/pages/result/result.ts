import type { Payment } from '@tael/contracts'
import { isProblem } from '../../services/errors.ts'
import { listen } from '../../services/listening.ts'
import { fromQuery, openHome, openOrder } from '../../services/navigation.ts'
import { pay, wasShown } from '../../services/payment.ts'
import { askForPaymentMessages, offersPaymentMessages } from '../../services/payment-messages.ts'
import { textScale } from '../../services/text-scale.ts'
import { locale, messages } from '../../texts/index.ts'
import { errorText } from '../../views/problem.ts'
import { resultView, unknownView, type ResultView } from '../../views/result.ts'

const data = {
  scale: textScale(),
  t: messages().result,
  paymentId: '',
  payment: null as Payment | null,
  view: null as ResultView | null,
  /** There is no such payment: the page has nothing else to show. */
  failure: '',
  /** Why nothing new is known. */
  trouble: '',
  /** Why the last tap on the button led nowhere. */
  notice: '',
  /** Listening came to its bound and nothing was decided yet. */
  quiet: false,
  /** A message about the outcome is offered once, while there is none. */
  notifiable: offersPaymentMessages(),
  paying: false,
}

function textOf(error: unknown): string {
  return errorText(error, messages(), { products: [], locale: locale() })
}

Page({
  data,
  stopListening() {},

  onLoad({ id }) {
    this.setData({ paymentId: fromQuery(id) })
  },

  async onShow() {
    this.listen()
    this.setData({ t: messages().result })
    await wx.setNavigationBarTitle({ title: messages().titles.result })
  },

  onHide() {
    this.stopListening()
  },

  onUnload() {
    this.stopListening()
  },

  /** Shows how the payment stands, and every change of it while the page is seen. */
  listen() {
    this.stopListening()
    this.setData({ quiet: false, failure: '', trouble: '' })
    this.stopListening = listen(this.data.paymentId, {
      onPayment: (payment) => {
        this.setData({ payment, view: resultView(payment, messages()), trouble: '' })
        wasShown(payment)
      },
      onTrouble: (error) => {
        this.setData({ view: this.data.view ?? unknownView(messages()), trouble: textOf(error) })
      },
      onEnd: (error) => {
        // What is known of the payment stays: that nobody may ask now is no news of it.
        this.setData(
          this.data.payment === null ? { failure: textOf(error) } : { trouble: textOf(error), quiet: true },
        )
      },
      onQuiet: () => {
        this.setData({ quiet: true })
      },
    })
  },

  async onAction() {
    const { payment, view, paying } = this.data
    if (payment === null || view === null || paying) return
    if (view.action === 'view_order') {
      await openOrder(payment.orderId)
      return
    }
    this.setData({ paying: true, notice: '' })
    try {
      await pay(payment.orderId, payment.amount)
    } catch (error) {
      // The order's page tells why: it is paid by another attempt, or its time is over.
      if (isProblem(error, 'order_not_payable')) await openOrder(payment.orderId, error)
      else this.setData({ notice: textOf(error) })
    } finally {
      this.setData({ paying: false })
    }
  },

  async onOrder() {
    if (this.data.payment !== null) await openOrder(this.data.payment.orderId)
  },

  async onNotify() {
    this.setData({ notifiable: false })
    if (await askForPaymentMessages()) await wx.showToast({ title: messages().result.notified, icon: 'none' })
  },

  async onHome() {
    await openHome()
  },
})
