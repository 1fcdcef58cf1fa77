import { parseSync, Visitor } from 'rolldown/utils'

/** A module's source without those properties of its objects that are gone by their name and the ESTree type of their value. */
export function withoutProperties(
  code: string,
  isGone: (name: string, valueType: string) => boolean,
): string {
  const gone: { readonly start: number; readonly end: number }[] = []
  const { program } = parseSync('module.ts', code)
  new Visitor({
    Property: ({ key, value, start, end }) => {
      if (key.type !== 'Identifier' || start < (gone.at(-1)?.end ?? 0)) return
      if (isGone(key.name, value.type)) gone.push({ start, end })
    },
  }).visit(program)
  return gone.reduceRight(
    (text, { start, end }) => text.slice(0, start) + text.slice(end).replace(/^\s*,/, ''),
    code,
  )
}
