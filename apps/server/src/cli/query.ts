import { parseArgs } from 'node:util'
import type { Static, TObject } from '@sinclair/typebox'
import { Errors } from '@sinclair/typebox/errors'
import { Check, Convert } from '@sinclair/typebox/value'
import { CommandError } from './command.ts'

/** The members of a query by their options: `shopperId` is `--shopper-id`. */
function optionOf(member: string): string {
  return member.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** The options of a query in a command's usage. */
export function describeOptions({ properties }: TObject): string {
  return Object.keys(properties)
    .map((member) => `[--${optionOf(member)} <${member}>]`)
    .join(' ')
}

/** Reads a query of a route from a command's options, and whether `--json` is among them. Throws where it is invalid. */
export function readQuery<S extends TObject>(
  args: readonly string[],
  schema: S,
): { readonly query: Static<S>; readonly json: boolean } {
  const members = Object.keys(schema.properties)
  const options: Record<string, { type: 'string' | 'boolean' }> = { json: { type: 'boolean' } }
  for (const member of members) options[optionOf(member)] = { type: 'string' }
  const { values } = parseArgs({ args: [...args], options })
  const given = members.flatMap((member) => {
    const value = values[optionOf(member)]
    return value === undefined ? [] : [[member, value] as const]
  })
  const query: unknown = Convert(schema, Object.fromEntries(given))
  if (!Check(schema, query)) {
    const [error] = Errors(schema, query)
    const option = optionOf(error?.path.slice(1) ?? '')
    throw new CommandError('usage', `--${option} is invalid: ${error?.message ?? ''}.`)
  }
  for (const [member, value] of given) {
    if ((member === 'from' || member === 'to') && Number.isNaN(Date.parse(String(value))))
      throw new CommandError('usage', `--${member} must be a date such as 2026-11-27, not ${String(value)}.`)
  }
  return { query, json: values['json'] === true }
}
