import { expect, test } from 'vitest'
import { outcomeOf, outcomes, PaymentStatus, ResultCode, resultCodes } from '../src/index.ts'

const statuses = PaymentStatus.anyOf.map((literal) => literal.const)
const orderStatuses = ['open', 'paid', 'expired', 'cancelled'] as const

test('an undecided attempt is being confirmed, whatever became of its order: nobody pays again', () => {
  const undecided = statuses.filter((status) => outcomes[status].nextAction === 'wait')
  expect(undecided).toEqual(['starting', 'processing'])
  for (const status of undecided) {
    for (const order of orderStatuses) {
      const outcome = outcomeOf(status, { surplus: false, order })
      expect(outcome).toMatchObject({ nextAction: 'wait', final: false })
      expect(['confirming', 'processing']).toContain(outcome.message)
    }
  }
})

test('only a final outcome lets a shopper pay again, and one that is not final is never called an outcome', () => {
  for (const status of statuses) {
    const { final, nextAction, message } = outcomes[status]
    expect(final).toBe(nextAction === 'pay_again' || nextAction === 'view_order')
    expect(['confirming', 'processing', 'awaiting_shopper'].includes(message)).toBe(!final)
  }
})

test('money that goes back is called so, whatever became of the order', () => {
  for (const order of orderStatuses) {
    expect(outcomeOf('authorised', { surplus: true, order })).toEqual({
      message: 'surplus',
      nextAction: 'view_order',
      final: true,
    })
  }
})

test('each resultCode means what Adyen says of it, and one made for cards decides nothing', () => {
  const decided = ResultCode.anyOf
    .map((literal) => literal.const)
    .map((code) => [code, resultCodes[code].status] as const)
    .filter(([, status]) => status !== 'processing')
  expect(Object.fromEntries(decided)).toEqual({
    Authorised: 'authorised',
    Cancelled: 'cancelled',
    Error: 'error',
    RedirectShopper: 'awaiting_shopper',
    Refused: 'refused',
  })
  for (const { status, ...outcome } of Object.values(resultCodes)) expect(outcome).toEqual(outcomes[status])
})
