import { parseSync, Visitor } from 'rolldown/utils'

/**
 * Removes properties of object literals from a module's source, as `isRemoved` decides from the name
 * and the ESTree type of the value.
 */
export function withoutProperties(
  code: string,
  isRemoved: (name: string, valueType: string) => boolean,
): string {
  const removed: { readonly start: number; readonly end: number }[] = []
  const { program } = parseSync('module.ts', code)
  new Visitor({
    Property: ({ key, value, start, end }) => {
      if (key.type !== 'Identifier' || start < (removed.at(-1)?.end ?? 0)) return
      if (isRemoved(key.name, value.type)) removed.push({ start, end })
    },
  }).visit(program)
  return removed.reduceRight(
    (text, { start, end }) => text.slice(0, start) + text.slice(end).replace(/^\s*,/, ''),
    code,
  )
}
