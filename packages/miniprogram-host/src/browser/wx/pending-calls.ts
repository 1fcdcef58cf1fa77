interface Pending {
  readonly resolve: (value: string) => void
  readonly reject: (error: Error) => void
}

/** Calls that wait for the page around the phone to answer, by id. */
export class PendingCalls {
  readonly #pending = new Map<number, Pending>()

  wait(id: number): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    this.#pending.set(id, { resolve, reject })
    return promise
  }

  has(id: number): boolean {
    return this.#pending.has(id)
  }

  /** Does nothing where no call waits under this id, as where it was answered before. */
  resolve(id: number, value: string): void {
    this.#take(id)?.resolve(value)
  }

  reject(id: number, error: Error): void {
    this.#take(id)?.reject(error)
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }
}
