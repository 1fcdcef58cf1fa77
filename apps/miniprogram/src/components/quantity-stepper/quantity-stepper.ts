/** How many pieces: one less, the number, one more. `change` tells the new number; none at all means remove. */
Component({
  properties: {
    value: Number,
    max: Number,
    more: String,
    less: String,
    remove: String,
  },
  methods: {
    onLess() {
      this.triggerEvent('change', { value: this.data.value - 1 })
    },
    onMore() {
      if (this.data.value < this.data.max) this.triggerEvent('change', { value: this.data.value + 1 })
    },
  },
})
