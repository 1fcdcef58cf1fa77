const payment = require('./payment')
const { referenceOf } = require('./shop')

App({
  /** Returns to a payment that was interrupted: WeChat was closed, or the network failed. */
  async onShow() {
    const resumed = await payment.resume().catch(() => null)
    if (resumed === null) return
    const reference = referenceOf(resumed.attempt.orderId)
    const paymentId = resumed.attempt.paymentId
    const page = getCurrentPages().at(-1)
    if (reference === undefined || paymentId === undefined || page?.route === 'pages/order/order') return
    wx.navigateTo({ url: `/pages/order/order?reference=${reference}&paymentId=${paymentId}` })
  },
})
