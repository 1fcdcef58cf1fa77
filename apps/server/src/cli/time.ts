import { CommandError } from './command.ts'

/** The time an option names, with its offset: without one, nobody could say which day is meant. */
export function timeOf(option: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const time = new Date(text)
  if (
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text) ||
    Number.isNaN(time.getTime())
  )
    throw new CommandError('usage', `${option} ${text} is no time such as 2026-06-01T00:00:00+08:00.`)
  return time
}
