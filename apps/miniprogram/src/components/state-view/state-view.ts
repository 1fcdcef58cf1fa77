/** A picture, a text and at most one action in place of a page's content. Event: `action`. */
Component({
  properties: { picture: String, text: String, action: String },
  methods: {
    onAction() {
      this.triggerEvent('action')
    },
  },
})
