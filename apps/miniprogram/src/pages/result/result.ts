import type { Payment } from '@tael/contracts'
import { isProblem } from '@tael/miniprogram-pay/shop'
import { customerService } from '../../merchant/shop.ts'
import { texts } from '../../services/language.ts'
import { decodeQuery, openHome, openOrder } from '../../services/navigation.ts'
import { createPageWatch } from '../../services/page-watch.ts'
import { pay } from '../../services/payment.ts'
import { setChanges } from '../../services/set-changes.ts'
import { offersSubscribeMessages, requestSubscribeMessages } from '../../services/subscribe-messages.ts'
import { tael } from '../../services/tael.ts'
import { textScale } from '../../services/text-scale.ts'
import { showTitle } from '../../services/title.ts'
import { shownError } from '../../views/shown-error.ts'
import { resultView, unknownView, type ResultView } from '../../views/result.ts'

const data = {
  scale: textScale(),
  t: texts().result,
  contact: customerService ? texts().contact : '',
  /** Null until the page knows its payment's id: WeChat builds it before. */
  view: null as ResultView | null,
  /** There is no such payment, and nothing else to show. */
  failure: '',
  /** Why the payment could not be read. */
  trouble: '',
  /** Why the last tap on the button failed. */
  notice: '',
  /** The payment is not decided for minutes, or can no longer be read: the page offers to read it now. */
  delayed: false,
  /** A subscribe message about the outcome is offered, once. */
  notifiable: offersSubscribeMessages(),
  paying: false,
}

Page({
  data,
  watch: createPageWatch(),
  paymentId: '',
  payment: null as Payment | null,

  onLoad({ id }) {
    // Not in the options alone: instances of a page share them.
    this.watch = createPageWatch()
    this.paymentId = decodeQuery(id)
    this.payment = null
    const attempt = tael.storedAttempt()
    const known = attempt?.paymentId === this.paymentId ? attempt : undefined
    this.setData({ view: unknownView(texts(), known) })
  },

  async onShow() {
    this.watch.show()
    this.watchResult()
    await showTitle('result')
  },

  onHide() {
    this.watch.hide()
  },

  onUnload() {
    this.watch.hide()
  },

  /** Shows the payment, and its changes while the page is visible. */
  watchResult() {
    setChanges(this, { delayed: false, failure: '', trouble: '' })
    this.watch.start((isStopped) =>
      tael.watchPayment(
        this.paymentId,
        {
          onPayment: (payment) => {
            this.payment = payment
            const view: ResultView = resultView(payment, texts())
            setChanges(this, { view, trouble: '', ...(view.final ? { delayed: false } : {}) })
            tael.dropFinalAttempt(payment)
          },
          onRetry: (error) => {
            this.setData({ trouble: shownError(error) })
          },
          onRefusal: (error) => {
            // A payment that is known stays on the page.
            if (this.payment === null) this.setData({ failure: shownError(error) })
            else this.setData({ trouble: shownError(error), delayed: true })
          },
          onDelay: () => {
            this.setData({ delayed: true })
          },
        },
        isStopped,
      ),
    )
  },

  async onAction() {
    const { payment } = this
    const { view, paying } = this.data
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
    const orderId = this.data.view?.orderId
    if (orderId) await openOrder(orderId)
  },

  async onNotify() {
    this.setData({ notifiable: false })
    if (await requestSubscribeMessages()) await wx.showToast({ title: texts().result.notified, icon: 'none' })
  },

  async onHome() {
    await openHome()
  },
})
