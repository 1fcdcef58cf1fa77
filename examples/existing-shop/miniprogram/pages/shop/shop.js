const { formatAmount } = require('@tael/miniprogram-pay')
const { ask } = require('../../shop')

Page({
  data: { products: [], error: '' },

  async onLoad() {
    try {
      const { products } = await ask('GET', '/products')
      this.setData({
        products: products.map(({ id, name, amount }) => ({
          id,
          name: name.en,
          price: formatAmount(amount),
        })),
      })
    } catch (error) {
      this.setData({ error: error.message })
    }
  },

  async buy({ currentTarget }) {
    try {
      const { reference } = await ask('POST', '/orders', { product: currentTarget.dataset.id })
      wx.navigateTo({ url: `/pages/order/order?reference=${reference}` })
    } catch (error) {
      this.setData({ error: error.message })
    }
  },
})
