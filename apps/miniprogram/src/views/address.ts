import { formatAddress, type Address } from '@tael/contracts'
import type { Texts } from '../texts/texts.ts'

/** An address as the cart and an order show it. */
export interface AddressView {
  readonly label: string
  /** Who receives it, with their phone number; empty where no address is chosen. */
  readonly recipient: string
  readonly text: string
}

export function addressView(chosen: Address | undefined, { address: { label, choose } }: Texts): AddressView {
  if (chosen === undefined) return { label, recipient: '', text: choose }
  const { userName, telNumber } = chosen
  return { label, recipient: `${userName} ${telNumber}`, text: formatAddress(chosen) }
}
