/** How long Tael may take to answer, in milliseconds. */
const TIMEOUT_MS = 10_000

/** Tael refused a request, or did not answer it. `code` is that of its problem, such as `order_not_changeable`. */
export class TaelError extends Error {
  name = 'TaelError'
  constructor(code, options) {
    super(`Tael: ${code}`, options)
    this.code = code
  }
}

/** A client of Tael's API for merchants, which is on its private listener. */
export function createTael({ url, key }) {
  return {
    /**
     * Makes Tael take the payment of an order. The same request again changes nothing, so it is safe to
     * repeat after a timeout. Returns what the phone needs; its `payToken` lets one shopper pay.
     */
    async putOrder({ reference, amount }, description) {
      const answer = await fetch(`${url}/merchant/orders/${encodeURIComponent(reference)}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ amount, payer: null, description }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch((cause) => {
        throw new TaelError('no_answer', { cause })
      })
      const body = await answer.json()
      if (!answer.ok) throw new TaelError(body.code)
      return { orderId: body.id, payToken: body.payToken, amount: body.amount }
    },
  }
}
