import type { DiagramRow } from './rows.ts'

/** A request, with its answer once there is one. */
export interface Call {
  readonly request: DiagramRow
  readonly answer?: DiagramRow
}

/** Pairs requests with their answers; an answer without its request is left out. */
export function pairCalls(rows: readonly DiagramRow[]): readonly Call[] {
  const answers = new Map<string, DiagramRow>()
  for (const row of rows) if (row.kind === 'answer' && row.call !== undefined) answers.set(row.call, row)
  return rows
    .filter(({ kind }) => kind === 'request')
    .map((request) => {
      const answer = answers.get(request.call ?? '')
      return answer === undefined ? { request } : { request, answer }
    })
}

/** The time from a request to its answer. */
export function durationOf({ request, answer }: Call): number | undefined {
  return answer === undefined ? undefined : Math.max(0, answer.at - request.at)
}
