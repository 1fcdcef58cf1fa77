/** Less, the number, more; at zero only more. `change` carries the step, 1 or -1. */
Component({
  properties: {
    value: Number,
    max: Number,
    /** It does nothing for now. */
    off: Boolean,
    /** What a screen reader speaks for each part (StepperLabels). */
    labels: Object,
  },
  methods: {
    onLess() {
      this.triggerEvent('change', { step: -1 })
    },
    onMore() {
      this.triggerEvent('change', { step: 1 })
    },
  },
})
