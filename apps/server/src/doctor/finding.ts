import { setTimeout as pause } from 'node:timers/promises'
import { type CheckId, checks } from './checks.ts'

/** The result of a check: it holds, it does not, or it cannot be known from here. */
export interface Finding {
  readonly check: CheckId
  readonly state: 'pass' | 'fail' | 'unknown'
  /** What was found, in words for an operator; never a secret. */
  readonly found: string
}

export const pass = (check: CheckId, found: string): Finding => ({ check, state: 'pass', found })
export const fail = (check: CheckId, found: string): Finding => ({ check, state: 'fail', found })
export const unknown = (check: CheckId, found: string): Finding => ({ check, state: 'unknown', found })

/** Passes where this holds. */
export const passIf = (holds: boolean, check: CheckId, found: string): Finding =>
  holds ? pass(check, found) : fail(check, found)

/** The checks whose ids begin so, all unknown for the same reason. */
export function allUnknown(subject: string, found: string, except: readonly Finding[] = []): Finding[] {
  const known = new Set(except.map(({ check }) => check))
  return checkIds
    .filter((check) => check.startsWith(`${subject}.`) && !known.has(check))
    .map((check) => unknown(check, found))
}

const checkIds = Object.keys(checks).filter((id): id is CheckId => Object.hasOwn(checks, id))

/** The bound on all the checks of one subject. Each wait within has a shorter one. */
const SUBJECT_MS_MAX = 30_000

/** What the checks of a subject find; those that do not end, or break, are unknown. */
export async function examine(
  subject: string,
  look: () => Promise<readonly Finding[]>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const waiting = new AbortController()
  const end = AbortSignal.any([signal, waiting.signal])
  const late = pause(SUBJECT_MS_MAX, undefined, { signal: end, ref: false })
    .catch(() => undefined)
    .then(() => allUnknown(subject, 'the check did not end in time'))
  try {
    return await Promise.race([look(), late])
  } catch (error) {
    return allUnknown(
      subject,
      `the check itself failed: ${error instanceof Error ? error.name : 'unknown error'}`,
    )
  } finally {
    waiting.abort()
  }
}
