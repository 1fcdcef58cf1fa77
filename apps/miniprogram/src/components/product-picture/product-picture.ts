import { parcel } from '../../views/picture.ts'

/** The picture of a product on its tint, or the parcel where the picture fails to load. */
Component({
  properties: { src: String, tint: Number, small: Boolean },
  data: { broken: false, parcel },
  observers: {
    src() {
      if (this.data.broken) this.setData({ broken: false })
    },
  },
  methods: {
    onError() {
      this.setData({ broken: true })
    },
  },
})
