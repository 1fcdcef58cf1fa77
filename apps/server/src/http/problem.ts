import { type Problem, type ProblemCode, problems } from '@tael/contracts'

/** The members a problem carries beside its code and its words. */
export type ProblemExtras = Pick<
  Problem,
  'amount' | 'available' | 'errors' | 'productId' | 'retryAfterSeconds'
>

/** Thrown to answer a request with a problem of the contracts' table. `detail` says what was wrong and what to do. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly code: ProblemCode
  readonly extras: ProblemExtras
  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}, options?: ErrorOptions) {
    super(detail, options)
    this.code = code
    this.extras = extras
  }

  /** The body to answer. */
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
