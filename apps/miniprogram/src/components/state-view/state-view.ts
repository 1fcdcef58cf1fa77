/**
 * What a page shows instead of its content: a picture, a sentence and at most one way on. `action` tells that it was
 * taken.
 */
Component({
  properties: { picture: String, text: String, action: String },
  methods: {
    onAction() {
      this.triggerEvent('action')
    },
  },
})
