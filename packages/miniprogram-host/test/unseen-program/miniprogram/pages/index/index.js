import pricing, { double } from '../../pricing'
const greeting = require('greeting')
const { shout } = require('greeting/shout')

Page({
  data: { lines: '' },
  onShow() {
    this.getTabBar().setData({ selected: 0 })
    const lines = [
      getApp().globalData.greeting,
      greeting.greet('page'),
      shout('page'),
      pricing.name,
      double(2),
    ]
    this.setData({ lines: lines.join(' ') })
  },
  openOrders() {
    wx.navigateTo({ url: '/orders/pages/list/list?status=paid' })
  },
  setBadge() {
    wx.setTabBarBadge({ index: 0, text: '1' }).then(({ errMsg }) => this.setData({ lines: errMsg }))
  },
  requireMissing() {
    return require('not-built')
  },
})
