const KEY = 'playground:shopper'

/** Who uses the phone, by a name that this browser keeps: the same name is the same openid. */
export function currentShopper(): string {
  const known = localStorage.getItem(KEY)
  if (known !== null) return known
  const shopper = `shopper-${crypto.randomUUID()}`
  localStorage.setItem(KEY, shopper)
  return shopper
}

/** The next shopper is another one, without orders. */
export function forgetShopper(): void {
  localStorage.removeItem(KEY)
}
