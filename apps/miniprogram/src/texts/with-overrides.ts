import type { Texts, TextOverrides } from './texts.ts'

/** A dictionary with a merchant's own wording in place of ours. */
export function withOverrides(ours: Texts, theirs: TextOverrides): Texts {
  return {
    tabs: { ...ours.tabs, ...theirs.tabs },
    titles: { ...ours.titles, ...theirs.titles },
    home: { ...ours.home, ...theirs.home },
    stepper: { ...ours.stepper, ...theirs.stepper },
    cart: { ...ours.cart, ...theirs.cart },
    address: { ...ours.address, ...theirs.address },
    payment: { ...ours.payment, ...theirs.payment },
    result: { ...ours.result, ...theirs.result },
    orders: { ...ours.orders, ...theirs.orders },
    order: { ...ours.order, ...theirs.order },
    contact: theirs.contact ?? ours.contact,
    reload: theirs.reload ?? ours.reload,
    orderStates: { ...ours.orderStates, ...theirs.orderStates },
    timeline: { ...ours.timeline, ...theirs.timeline },
    refundStatuses: { ...ours.refundStatuses, ...theirs.refundStatuses },
    outcomes: { ...ours.outcomes, ...theirs.outcomes },
    resultActions: { ...ours.resultActions, ...theirs.resultActions },
    orderActions: { ...ours.orderActions, ...theirs.orderActions },
    questions: { ...ours.questions, ...theirs.questions },
    problems: { ...ours.problems, ...theirs.problems },
    phrases: { ...ours.phrases, ...theirs.phrases },
  }
}
