import { isDeepStrictEqual } from 'node:util'
import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import type { Program } from '@tael/stack'
import { until } from '../until.ts'

/** One line of a server's log. */
const LogLine = Type.Object({
  level: Type.Integer(),
  msg: Type.String(),
  reqId: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  req: Type.Optional(Type.Object({ method: Type.String(), path: Type.String() })),
  /** At level trace. */
  sql: Type.Optional(Type.String()),
})
export type LogLine = Type.Static<typeof LogLine>

/** The lines of a program's log so far, but for what is not the log's JSON, such as a crash. */
export function logLines({ lines }: Program): readonly LogLine[] {
  return lines.flatMap((line) => {
    const parsed = parse(line)
    return Check(LogLine, parsed) ? [parsed] : []
  })
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Waits for a line with these fields: a program's lines reach us a moment after its answers. */
export async function waitForLog(
  program: Program,
  fields: Readonly<Record<string, unknown>>,
): Promise<LogLine> {
  const find = (): LogLine | undefined => logLines(program).find((line) => has(line, fields))
  await until(() => find() !== undefined)
  const found = find()
  if (found === undefined) throw new Error('The line is gone.')
  return found
}

/** Whether a value has all of these fields, at every depth. An assertion that fails costs a hundred times as much. */
function has(value: unknown, fields: unknown): boolean {
  if (!isFields(value) || !isFields(fields)) return isDeepStrictEqual(value, fields)
  return Object.entries(fields).every(
    ([name, field]) => Object.hasOwn(value, name) && has(value[name], field),
  )
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
