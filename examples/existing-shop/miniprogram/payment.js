const { createTaelPay } = require('@tael/miniprogram-pay')
const { tael } = require('./config')

const price = ({ currency, value }) => `${currency} ${(value / 100).toFixed(2)}`

/** The payment, one for the whole Mini Program. */
module.exports = createTaelPay({
  server: tael,
  confirmAmount: (shown, changed) =>
    wx
      .showModal({ title: 'The price changed', content: `${price(shown)} → ${price(changed)}` })
      .then(({ confirm }) => confirm),
})
module.exports.price = price
