const { plural } = require('plural')
const { greet } = require('greeting')

Page({
  data: { text: '' },
  onLoad({ status }) {
    const own = `${plural('order')} ${status} ${greet('orders')} tab bar ${this.getTabBar() === null ? 'none' : 'some'}`
    require('../../later.js', ({ later }) => {
      require.async('../../later').then((again) => this.setData({ text: `${own} ${later} ${again.later}` }))
    })
  },
})
