/** The schemas here look no deeper. */
const LEVELS_MAX = 4

/**
 * What Adyen sent without its members that hold nothing: null, an empty text, an object of such.
 * Adyen's versions leave a field out, send null or send "", and mean the same.
 */
export function withoutAbsent(value: unknown, levels = LEVELS_MAX): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || levels === 0) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
      const present = withoutAbsent(member, levels - 1)
      return isAbsent(present) ? [] : [[name, present]]
    }),
  )
}

function isAbsent(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  return typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0
}
