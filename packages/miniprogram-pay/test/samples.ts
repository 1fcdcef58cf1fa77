import { outcomes, ProblemError, type Payment, type PaymentStatus, type Problem } from '@tael/contracts'

export function payment(status: PaymentStatus): Payment {
  return {
    id: 'pay_1',
    orderId: 'ord_1',
    amount: { currency: 'CNY', value: 128_005 },
    status,
    resultCode: null,
    outcome: outcomes[status],
    version: 3,
    createdAt: '2026-11-23T08:00:00.000Z',
    updatedAt: '2026-11-23T08:00:05.000Z',
  }
}

/** A problem with this code, which may be one that the contract does not list. */
export function problem(code: string, members: Partial<Problem> = {}): ProblemError {
  return new ProblemError({
    type: `urn:tael:problem:${code}`,
    title: '',
    status: 409,
    detail: 'not for shoppers',
    code,
    requestId: 'r',
    ...members,
  })
}
