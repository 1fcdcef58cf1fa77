import { checks } from './checks.ts'
import type { Finding } from './finding.ts'

/** A finding with what it is about, and what to do where it did not pass. */
interface Line extends Finding {
  readonly holds: string
  readonly remedy: string | undefined
}

const toLine = (finding: Finding): Line => {
  const { holds, remedy } = checks[finding.check]
  return { ...finding, holds, remedy: finding.state === 'pass' ? undefined : remedy }
}

const words = { pass: 'pass', fail: 'FAIL', unknown: 'unknown' } as const

/** One line for each finding, and below it the remedy where it did not pass. */
export function formatText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.map(toLine).map(({ check, state, holds, found, remedy }) => {
    const line = `${words[state].padEnd(8)} ${check.padEnd(width)}  ${holds}: ${found}\n`
    return remedy === undefined ? line : `${line}${' '.repeat(9)}-> ${remedy}\n`
  })
  const { pass, fail, unknown } = count(findings)
  return `${lines.join('')}\n${pass} passed, ${fail} failed, ${unknown} cannot be known from here\n`
}

/** The same as JSON. */
export function formatJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ ...count(findings), checks: findings.map(toLine) }, undefined, 2)}\n`
}

function count(findings: readonly Finding[]): Record<Finding['state'], number> {
  const counts = { pass: 0, fail: 0, unknown: 0 }
  for (const { state } of findings) counts[state] += 1
  return counts
}
