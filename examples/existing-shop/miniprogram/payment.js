const { createTaelPay, formatAmount } = require('@tael/miniprogram-pay')
const { tael } = require('./config')

/** The payment, one for the whole Mini Program. */
module.exports = createTaelPay({
  server: tael,
  confirmAmount: (shown, changed) =>
    wx
      .showModal({
        title: 'The price changed',
        content: `${formatAmount(shown)} → ${formatAmount(changed)}`,
      })
      .then(({ confirm }) => confirm),
})
