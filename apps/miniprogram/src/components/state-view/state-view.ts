/** What a page shows instead of its content: a picture, a text and at most one action. `action` is its event. */
Component({
  properties: { picture: String, text: String, action: String },
  methods: {
    onAction() {
      this.triggerEvent('action')
    },
  },
})
