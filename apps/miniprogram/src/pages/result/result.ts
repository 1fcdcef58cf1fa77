import type { Payment } from '@tael/contracts'
import { isProblem } from '../../services/errors.ts'
import { texts } from '../../services/language.ts'
import { decodeQuery, openHome, openOrder } from '../../services/navigation.ts'
import { createPageWatch } from '../../services/page-watch.ts'
import { dropFinalAttempt, pay } from '../../services/payment.ts'
import { offersSubscribeMessages, requestSubscribeMessages } from '../../services/subscribe-messages.ts'
import { textScale } from '../../services/text-scale.ts'
import { watchPayment } from '../../services/watch-payment.ts'
import { shownError } from '../../views/shown-error.ts'
import { resultView, unknownView, type ResultView } from '../../views/result.ts'

const data = {
  scale: textScale(),
  t: texts().result,
  paymentId: '',
  payment: null as Payment | null,
  view: null as ResultView | null,
  /** There is no such payment, and nothing else to show. */
  failure: '',
  /** Why the payment could not be read. */
  trouble: '',
  /** Why the last tap on the button failed. */
  notice: '',
  /** The page stopped reading before the payment was decided. */
  stopped: false,
  /** A subscribe message about the outcome is offered, once. */
  notifiable: offersSubscribeMessages(),
  paying: false,
}

Page({
  data,
  watch: createPageWatch(),

  onLoad({ id }) {
    // Not in the options alone: instances of a page share them.
    this.watch = createPageWatch()
    this.setData({ paymentId: decodeQuery(id) })
  },

  async onShow() {
    this.watch.show()
    this.watchResult()
    this.setData({ t: texts().result })
    await wx.setNavigationBarTitle({ title: texts().titles.result })
  },

  onHide() {
    this.watch.hide()
  },

  onUnload() {
    this.watch.hide()
  },

  /** Shows the payment, and its changes while the page is visible. */
  watchResult() {
    this.setData({ stopped: false, failure: '', trouble: '' })
    this.watch.start((isStopped) =>
      watchPayment(
        this.data.paymentId,
        {
          onPayment: (payment) => {
            this.setData({ payment, view: resultView(payment, texts()), trouble: '' })
            dropFinalAttempt(payment)
          },
          onRetry: (error) => {
            this.setData({ view: this.data.view ?? unknownView(texts()), trouble: shownError(error) })
          },
          onRefusal: (error) => {
            // A payment that is known stays on the page.
            if (this.data.payment === null) this.setData({ failure: shownError(error) })
            else this.setData({ trouble: shownError(error), stopped: true })
          },
          onTimeout: () => {
            this.setData({ stopped: true })
          },
        },
        isStopped,
      ),
    )
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
      // The order's page shows why: another attempt paid it, or it was closed.
      if (isProblem(error, 'order_not_payable')) await openOrder(payment.orderId, error)
      else this.setData({ notice: shownError(error) })
    } finally {
      this.setData({ paying: false })
    }
  },

  async onOrder() {
    if (this.data.payment !== null) await openOrder(this.data.payment.orderId)
  },

  async onNotify() {
    this.setData({ notifiable: false })
    if (await requestSubscribeMessages()) await wx.showToast({ title: texts().result.notified, icon: 'none' })
  },

  async onHome() {
    await openHome()
  },
})
