import type { Static, TSchema } from '@sinclair/typebox'
import { Errors } from '@sinclair/typebox/errors'
import { Check } from '@sinclair/typebox/value'
import { CommandError } from './command.ts'

/**
 * What the options of a command make, checked as the body or query of the route that does the same.
 * An option that was not given is no member.
 */
export function checkOptions<S extends TSchema>(schema: S, options: object): Static<S> {
  const body: unknown = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  if (Check(schema, body)) return body
  const { path = '', message = '' } = Errors(schema, body).First() ?? {}
  throw new CommandError('usage', `The ${path.slice(1) || 'command'} is invalid: ${message}.`)
}
