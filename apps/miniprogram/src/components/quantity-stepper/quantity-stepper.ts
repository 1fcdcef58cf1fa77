/** Less, the number, more; at zero only more. `change` carries the new number. */
Component({
  properties: {
    value: Number,
    max: Number,
    /** What a screen reader speaks for each part (StepperLabels). */
    labels: Object,
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
