import { type Problem, type ProblemCode, problems } from '@tael/contracts'

/** The optional members of a problem. */
export type ProblemExtras = Pick<
  Problem,
  'amount' | 'available' | 'errors' | 'productId' | 'retryAfterSeconds'
>

/** Thrown to answer a request with a problem of the contracts. `detail` names the remedy. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly code: ProblemCode
  readonly extras: ProblemExtras
  /** It belongs to the course of things, so that no log line calls for an operator. */
  readonly expected: boolean
  constructor(
    code: ProblemCode,
    detail: string,
    extras: ProblemExtras = {},
    { expected = false, ...options }: ErrorOptions & { readonly expected?: boolean } = {},
  ) {
    super(detail, options)
    this.expected = expected
    this.code = code
    this.extras = extras
  }

  /** The body of the answer. */
  toProblem(requestId: string): Problem {
    const { status, title } = problems[this.code]
    return {
      type: `urn:tael:problem:${this.code}`,
      title,
      status,
      detail: this.message,
      code: this.code,
      requestId,
      ...this.extras,
    }
  }
}
