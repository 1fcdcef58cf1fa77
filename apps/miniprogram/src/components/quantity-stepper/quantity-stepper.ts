/**
 * How many pieces of `name`: one less, the number, one more. At none there is only one more. `change` tells the new
 * number; none at all means remove.
 */
Component({
  properties: {
    value: Number,
    max: Number,
    name: String,
    more: String,
    less: String,
    remove: String,
  },
  methods: {
    onLess() {
      this.triggerEvent('change', { value: this.data.value - 1 })
    },
    onMore() {
      this.triggerEvent('change', { value: this.data.value + 1 })
    },
  },
})
