import { CommandError } from './command.ts'

/**
 * Parses the time of an option. It must have an offset, because without one the day is ambiguous.
 */
export function parseTime(option: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const time = new Date(text)
  if (
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text) ||
    Number.isNaN(time.getTime())
  )
    throw new CommandError(
      'usage',
      `${option} must be a time such as 2026-06-01T00:00:00+08:00, not ${text}.`,
    )
  return time
}
