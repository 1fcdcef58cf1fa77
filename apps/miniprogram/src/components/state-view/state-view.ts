/** What a page shows instead of its content: a sentence and at most one way on. `action` tells that it was taken. */
Component({
  properties: { text: String, action: String },
  methods: {
    onAction() {
      this.triggerEvent('action')
    },
  },
})
