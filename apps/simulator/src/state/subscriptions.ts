/** How many messages of each template each shopper may still be sent. */
export class Subscriptions {
  readonly #left = new Map<string, number>()

  /** Allows one message, as when the shopper accepts `wx.requestSubscribeMessage`. */
  add(openid: string, templateId: string): void {
    const key = `${openid} ${templateId}`
    this.#left.set(key, (this.#left.get(key) ?? 0) + 1)
  }

  /** Uses one message up. False if none is left. */
  use(openid: string, templateId: string): boolean {
    const key = `${openid} ${templateId}`
    const left = this.#left.get(key) ?? 0
    if (left > 0) this.#left.set(key, left - 1)
    return left > 0
  }

  clear(): void {
    this.#left.clear()
  }
}
