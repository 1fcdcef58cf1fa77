const KEY = 'playground:shopper'

/** The name of the phone's shopper, which this browser stores; each name has its own openid. */
export function currentShopper(): string {
  const known = localStorage.getItem(KEY)
  if (known !== null) return known
  const shopper = `shopper-${crypto.randomUUID()}`
  localStorage.setItem(KEY, shopper)
  return shopper
}

/** Makes the next shopper a new one, without orders. */
export function forgetShopper(): void {
  localStorage.removeItem(KEY)
}
