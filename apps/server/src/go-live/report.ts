import { assumptions, type Learned } from './assumptions.ts'
import type { Step } from './steps.ts'

/** The checklist, and below it what is known by now of what could only be assumed. */
export function formatText(steps: readonly Step[], learned: readonly Learned[]): string {
  const todo = steps.map(({ step, state, found }) => `${state.padEnd(8)} ${step}\n${' '.repeat(9)}${found}\n`)
  const known = learned.map(
    ({ assumption, found }) =>
      `${(found === null ? 'open' : 'known').padEnd(8)} ${assumption}: ${assumptions[assumption]}\n${found === null ? '' : `${' '.repeat(9)}${found}\n`}`,
  )
  return `${todo.join('')}\nWhat payments have shown (docs/going-live.md, 6):\n\n${known.join('')}`
}

/** The same as JSON. */
export function formatJson(steps: readonly Step[], learned: readonly Learned[]): string {
  const compared = learned.map((one) => ({
    ...one,
    about: assumptions[one.assumption],
    state: one.found === null ? 'open' : 'known',
  }))
  return `${JSON.stringify({ steps, assumptions: compared }, undefined, 2)}\n`
}
