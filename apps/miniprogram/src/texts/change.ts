import type { Messages, TextsToChange } from './messages.ts'

/** A dictionary in which a merchant's own words stand in the place of ours. */
export function changed(ours: Messages, theirs: TextsToChange): Messages {
  return {
    tabs: section(ours.tabs, theirs.tabs),
    titles: section(ours.titles, theirs.titles),
    home: section(ours.home, theirs.home),
    cart: section(ours.cart, theirs.cart),
    payment: section(ours.payment, theirs.payment),
    result: section(ours.result, theirs.result),
    orders: section(ours.orders, theirs.orders),
    order: section(ours.order, theirs.order),
    reload: theirs.reload ?? ours.reload,
    orderStates: section(ours.orderStates, theirs.orderStates),
    timeline: section(ours.timeline, theirs.timeline),
    refundStatuses: section(ours.refundStatuses, theirs.refundStatuses),
    surplusRefund: theirs.surplusRefund ?? ours.surplusRefund,
    outcomes: section(ours.outcomes, theirs.outcomes),
    resultActions: section(ours.resultActions, theirs.resultActions),
    orderActions: section(ours.orderActions, theirs.orderActions),
    questions: section(ours.questions, theirs.questions),
    problems: section(ours.problems, theirs.problems),
    phrases: section(ours.phrases, theirs.phrases),
  }
}

function section<Part extends object>(ours: Part, theirs: Partial<Part> | undefined): Part {
  return { ...ours, ...theirs }
}
