Page({
  data: { bars: '' },
  onLoad() {
    this.getTabBar((tabBar) => tabBar.setData({ selected: 1 }))
  },
})
