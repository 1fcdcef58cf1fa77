/** Beyond this many different statements the rest is not prepared: each takes PostgreSQL memory on each connection. */
const NAMES_MAX = 500

/**
 * The names under which statements are prepared on every connection: PostgreSQL then parses and plans each once there,
 * which is half of what a short statement costs it.
 */
export class StatementNames {
  #names = new Map<string, string>()
  #renewals = 0

  of(sql: string): string | undefined {
    const known = this.#names.get(sql)
    if (known !== undefined || this.#names.size === NAMES_MAX) return known
    const name = `tael_${this.#renewals}_${this.#names.size}`
    this.#names.set(sql, name)
    return name
  }

  /** Gives every statement another name: what was prepared is stale. */
  renew(): void {
    this.#names = new Map()
    this.#renewals += 1
  }
}
