const config = require('./config')

/** Asks the shop's own server. Resolves with the JSON of its answer; rejects with an Error. */
function ask(method, path, data) {
  return new Promise((resolve, reject) => {
    wx.request({
      url: config.shop + path,
      method,
      ...(data === undefined ? {} : { data }),
      success: ({ statusCode, data: answer }) =>
        statusCode < 400 ? resolve(answer) : reject(new Error(answer.error)),
      fail: ({ errMsg }) => reject(new Error(errMsg)),
    })
  })
}

/** Which of the shop's orders an order of Tael's is, kept for a payment that is resumed. */
const KEY = 'shop.references'

module.exports = {
  ask,
  keepReference: (orderId, reference) =>
    wx.setStorageSync(KEY, { ...wx.getStorageSync(KEY), [orderId]: reference }),
  referenceOf: (orderId) => (wx.getStorageSync(KEY) || {})[orderId],
}
