import { HttpProblem } from './problem.ts'

/** Reads a moment of a request; undefined where there is none. Throws where it names no day of the calendar. */
export function readMoment(
  name: string,
  text: string | undefined,
  where: 'query' | 'body' = 'query',
): Date | undefined {
  if (text === undefined) return undefined
  const date = new Date(text)
  if (!Number.isNaN(date.getTime())) return date
  const errors = [{ path: `${where}/${name}`, message: 'must be a date that exists' }]
  throw new HttpProblem('validation_failed', `Send ${name} as a date, such as 2026-11-27.`, { errors })
}
