import { ConfigError } from './config-error.ts'

/** Environment variables by name. One that is empty counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads variables and collects the problems of all of them. A problem names the variable and the
 * rule but never the value, which may be a secret.
 */
export class EnvironmentReader {
  readonly problems: string[] = []
  readonly #environment: Environment
  constructor(environment: Environment) {
    this.#environment = environment
  }

  has(name: string): boolean {
    return (this.#environment[name] ?? '') !== ''
  }

  /**
   * A value that matches `pattern`. `rule` completes "NAME is missing: …" and "NAME is invalid: …".
   */
  text(name: string, pattern: RegExp, rule: string, fallback?: string): string {
    const value = this.has(name) ? this.#environment[name] : fallback
    if (value === undefined) this.problems.push(`${name} is missing: ${rule}`)
    else if (pattern.test(value)) return value
    else this.problems.push(`${name} is invalid: ${rule}`)
    return ''
  }

  /** Whether a variable has this value. */
  is(name: string, value: string): boolean {
    return this.#environment[name] === value
  }

  optionalText(name: string, pattern: RegExp, rule: string): string | undefined {
    return this.has(name) ? this.text(name, pattern, rule) : undefined
  }

  integer(name: string, minimum: number, maximum: number, fallback: number): number {
    const rule = `a whole number from ${minimum} to ${maximum}`
    const text = this.text(name, /^\d{1,15}$/, rule, String(fallback))
    const value = Number(text)
    if (text !== '' && (value < minimum || value > maximum)) this.problems.push(`${name} is invalid: ${rule}`)
    return value
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
    const given = this.has(name) ? this.#environment[name] : fallback
    const found = values.find((value) => value === given)
    if (found === undefined) this.problems.push(`${name} is invalid: one of ${values.join(', ')}`)
    return found ?? fallback
  }

  /** An http or https address, without the slashes at its end. */
  url(name: string, rule: string, fallback?: string): string {
    return this.text(name, /^https?:\/\/[^\s/]+[^\s]*$/, rule, fallback).replace(/\/+$/, '')
  }
}

/**
 * What `read` makes of the environment. Throws a ConfigError that lists every problem, whether
 * `read` found it through the reader's methods or added it to `problems`.
 */
export function readEnvironment<T>(environment: Environment, read: (reader: EnvironmentReader) => T): T {
  const reader = new EnvironmentReader(environment)
  const config = read(reader)
  if (reader.problems.length > 0) throw new ConfigError(reader.problems)
  return config
}
