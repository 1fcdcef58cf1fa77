const { formatAmount } = require('@tael/miniprogram-pay')
const payment = require('../../payment')
const { ask, keepReference } = require('../../shop')

/** Between two looks at the shop's order while its payment is under way, in milliseconds. */
const LOOK_MS = 1500

Page({
  data: { order: null, price: '', state: '', error: '' },

  onLoad({ reference, paymentId }) {
    this.reference = reference
    this.isOpen = true
    this.look()
    if (paymentId !== undefined) this.follow(paymentId)
  },

  onUnload() {
    this.isOpen = false
  },

  /** Shows the shop's own order, until the event from Tael has made it paid. */
  async look() {
    if (!this.isOpen) return
    try {
      const order = await ask('GET', `/orders/${this.reference}`)
      this.setData({ order, price: formatAmount(order.amount), error: '' })
      if (order.status === 'open') setTimeout(() => this.look(), LOOK_MS)
    } catch (error) {
      this.setData({ error: error.message })
      setTimeout(() => this.look(), LOOK_MS)
    }
  },

  async pay() {
    try {
      await payment.pay(
        async () => {
          const payable = await ask('POST', `/orders/${this.reference}/payment`)
          keepReference(payable.orderId, this.reference)
          return payable
        },
        (paymentId) => void this.follow(paymentId),
      )
    } catch (error) {
      this.setData({ error: error.message })
    }
  },

  /** Follows the newest payment at Tael: what the cashier said reaches the server by it. */
  async follow(paymentId) {
    this.followed = paymentId
    await payment.watchPayment(
      paymentId,
      {
        onPayment: (current) => {
          this.setData({ state: current.status })
          payment.dropFinalAttempt(current)
        },
        onRefusal: (error) => this.setData({ error: error.message }),
      },
      () => !this.isOpen || this.followed !== paymentId,
    )
  },
})
