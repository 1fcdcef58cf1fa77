import { ContractError, NoAnswerError, ProblemError } from '@tael/contracts'

/** The phone could not store something: its storage, or WeChat's 10 MB share of it, is full. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}

/** The code to look a text up by: a problem's, or one of the phone's own. Undefined for a bug. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof NoAnswerError) return 'offline'
  if (error instanceof ContractError) return 'unreadable'
  if (error instanceof StorageError) return 'storage_full'
  if (error instanceof ProblemError) return error.problem.code
  return undefined
}

/** The code to look a text up by. Throws on an error that is a bug. */
export function problemCodeOf(error: unknown): string {
  const code = codeOf(error)
  if (code === undefined) throw error
  return code
}

/** Whether a request may end with this error. Any other is a bug, which must be thrown on. */
export function isExpected(error: unknown): boolean {
  return codeOf(error) !== undefined
}

/** For `catch`, where a failed request leaves something unknown. Throws a bug on. */
export function nullIfExpected(error: unknown): null {
  if (isExpected(error)) return null
  throw error
}
