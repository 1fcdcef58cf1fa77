const BYTES = 16

/** A key no other request has: 128 random bits of the phone (wx.getRandomValues), as 32 hex digits. */
export async function newIdempotencyKey(): Promise<string> {
  const { randomValues } = await wx.getRandomValues({ length: BYTES })
  return Array.from(new Uint8Array(randomValues), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
