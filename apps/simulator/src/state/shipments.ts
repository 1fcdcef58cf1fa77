/** The uploaded shipment of each payment. WeChat accepts one change of it. */
export class Shipments {
  readonly #uploaded = new Map<string, { readonly shipment: string; readonly hasChanged: boolean }>()

  /** Stores the shipment of a payment, if WeChat accepts it. */
  store(pspReference: string, shipment: string): 'stored' | 'unchanged' | 'already changed' {
    const before = this.#uploaded.get(pspReference)
    if (before?.shipment === shipment) return 'unchanged'
    if (before?.hasChanged === true) return 'already changed'
    this.#uploaded.set(pspReference, { shipment, hasChanged: before !== undefined })
    return 'stored'
  }

  clear(): void {
    this.#uploaded.clear()
  }
}
