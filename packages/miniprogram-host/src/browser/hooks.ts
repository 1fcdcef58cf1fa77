/** Reports what the Mini Program threw. */
export type Report = (error: unknown) => void

/** Warns the embedder's developer, once for each text. */
export type Warn = (message: string) => void

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Calls a method if the Mini Program defined it, and reports its errors. */
export function callHook(
  target: object,
  name: string,
  parameters: readonly unknown[],
  report: Report,
): unknown {
  const method: unknown = Reflect.get(target, name)
  if (typeof method !== 'function') return undefined
  try {
    return Reflect.apply(method, target, parameters)
  } catch (error) {
    report(error)
    return undefined
  }
}
