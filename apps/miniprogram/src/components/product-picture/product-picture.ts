import { parcel } from '../../views/picture.ts'

/** The picture of a product on its tint. One that does not load gives way to the parcel. */
Component({
  properties: { src: String, tint: Number, small: Boolean },
  data: { broken: false, parcel },
  observers: {
    src() {
      this.setData({ broken: false })
    },
  },
  methods: {
    onError() {
      this.setData({ broken: true })
    },
  },
})
