import { readFileSync } from 'node:fs'
import { ConfigError } from './config-error.ts'

/** Environment variables by name. One that is empty counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads variables and collects the problems of all of them. A problem names the variable and the
 * rule but never the value, which may be a secret.
 */
export class EnvironmentReader {
  readonly problems: string[] = []
  /** The files that hold a secret, by the variable they stand for: `NAME_FILE` names that of NAME. */
  readonly secretFiles = new Map<string, string>()
  /** The name of every secret that was asked for, given or not. */
  readonly secretNames = new Set<string>()
  readonly #environment: Environment
  readonly #secrets = new Map<string, Secret>()
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
    return this.#check(name, value, pattern, rule)
  }

  /**
   * A secret: the value of NAME, or the content of the file that NAME_FILE names, without the newline at
   * its end. Both at once, and a file that is empty or cannot be read, are problems.
   */
  secret(name: string, pattern: RegExp, rule: string): string {
    const { value, isGiven } = this.#readSecret(name)
    // What a file lacks was reported with the file.
    return isGiven && value === undefined ? '' : this.#check(name, value, pattern, rule)
  }

  /** Whether a secret is given, in its variable or in a file. */
  hasSecret(name: string): boolean {
    return this.#readSecret(name).isGiven
  }

  optionalSecret(name: string, pattern: RegExp, rule: string): string | undefined {
    return this.hasSecret(name) ? this.secret(name, pattern, rule) : undefined
  }

  /** Whether a variable, or the secret of that name, has this value. */
  is(name: string, value: string): boolean {
    return (this.#secrets.get(name)?.value ?? this.#environment[name]) === value
  }

  #check(name: string, value: string | undefined, pattern: RegExp, rule: string): string {
    if (value === undefined) this.problems.push(`${name} is missing: ${rule}`)
    else if (pattern.test(value)) return value
    else {
      const file = this.secretFiles.get(name)
      const where = file === undefined ? name : `${name}, in the file ${file} of ${name}_FILE,`
      this.problems.push(`${where} is invalid: ${rule}`)
    }
    return ''
  }

  #readSecret(name: string): Secret {
    this.secretNames.add(name)
    const secret = this.#secrets.get(name) ?? this.#findSecret(name)
    this.#secrets.set(name, secret)
    return secret
  }

  #findSecret(name: string): Secret {
    const value = this.has(name) ? this.#environment[name] : undefined
    const file = this.#environment[`${name}_FILE`] ?? ''
    if (file === '') return { isGiven: value !== undefined, value }
    if (value !== undefined) {
      this.problems.push(`${name} and ${name}_FILE are both set: keep one of them`)
      return { isGiven: true, value }
    }
    this.secretFiles.set(name, file)
    try {
      const content = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
      if (content !== '') return { isGiven: true, value: content }
      this.problems.push(`${name}_FILE is invalid: the file ${file} is empty`)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
      this.problems.push(`${name}_FILE is invalid: the file ${file} cannot be read${code}`)
    }
    return { isGiven: true, value: undefined }
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
    return this.text(name, ADDRESS, rule, fallback).replace(/\/+$/, '')
  }

  /** The same, of an address that is a secret. */
  secretUrl(name: string, rule: string): string {
    return this.secret(name, ADDRESS, rule).replace(/\/+$/, '')
  }
}

const ADDRESS = /^https?:\/\/[^\s/]+[^\s]*$/

interface Secret {
  readonly isGiven: boolean
  /** Undefined: it is missing, or its file has none. */
  readonly value: string | undefined
}

/** What an environment holds, with everything that is wrong with it. */
export interface Inspected<T> {
  /** A variable with a problem is an empty text in it, or has its default. */
  readonly config: T
  readonly problems: readonly string[]
  readonly secretFiles: ReadonlyMap<string, string>
  readonly secretNames: ReadonlySet<string>
}

/** What `read` makes of the environment, whether it has problems or not. */
export function inspectEnvironment<T>(
  environment: Environment,
  read: (reader: EnvironmentReader) => T,
): Inspected<T> {
  const reader = new EnvironmentReader(environment)
  const config = read(reader)
  return {
    config,
    problems: reader.problems,
    secretFiles: reader.secretFiles,
    secretNames: reader.secretNames,
  }
}

/**
 * What `read` makes of the environment. Throws a ConfigError that lists every problem, whether
 * `read` found it through the reader's methods or added it to `problems`.
 */
export function readEnvironment<T>(environment: Environment, read: (reader: EnvironmentReader) => T): T {
  const { config, problems } = inspectEnvironment(environment, read)
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}
