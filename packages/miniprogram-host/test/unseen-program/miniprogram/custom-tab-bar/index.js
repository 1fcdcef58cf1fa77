Component({
  data: {
    selected: -1,
    shown: 0,
    tabs: [
      { path: '/pages/index/index', text: 'Index' },
      { path: '/pages/me/me', text: 'Me' },
    ],
  },
  pageLifetimes: {
    show() {
      this.setData({ shown: this.data.shown + 1 })
    },
  },
  methods: {
    open({ currentTarget }) {
      wx.switchTab({ url: currentTarget.dataset.path })
    },
  },
})
