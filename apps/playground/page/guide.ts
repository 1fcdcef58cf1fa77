import { make } from '@tael/miniprogram-host/dom'
import type { Scenario } from './simulator.ts'

/** Where the shopper is: in the shop, at the cashier, at its password, or back after paying. */
export type Step = 'shop' | 'cashier' | 'password' | 'returned' | 'closed'

/** The line that says what to do now, and the sentence of the scenario. */
export interface Guide {
  readonly element: HTMLElement
  setStep(step: Step): void
  setScenario(scenario: Scenario | undefined): void
}

/** `documentation` is the page that explains what runs here. */
export function createGuide(documentation: string): Guide {
  const now = make('p', 'guide-now', { role: 'status' })
  const sentence = make('p', 'guide-scenario')
  let step: Step = 'shop'
  let scenario: Scenario | undefined
  const draw = (): void => {
    now.textContent = textOf(step, scenario)
    sentence.textContent =
      scenario === undefined ? 'The last two digits of the amount choose the scenario.' : scenario.description
  }
  draw()
  return {
    element: make(
      'div',
      'guide',
      {},
      now,
      make(
        'p',
        'guide-note',
        {},
        'Adyen and WeChat are simulated: no money moves. ',
        make('a', '', { href: documentation }, 'What is this?'),
      ),
      sentence,
    ),
    setStep: (next) => {
      step = next
      draw()
    },
    setScenario: (next) => {
      scenario = next
      draw()
    },
  }
}

function textOf(step: Step, scenario: Scenario | undefined): string {
  const cancels = scenario?.shopper === 'cancels'
  switch (step) {
    case 'shop':
      return cancels
        ? 'Tap + on a product, open the cart, tap WeChat Pay; in the cashier, cancel.'
        : 'Tap + on a product, open the cart, tap WeChat Pay; the password is any six digits.'
    case 'cashier':
      return cancels
        ? 'Cancel here: this scenario begins with it.'
        : 'Tap Pay, then enter any six digits. Or cancel, and see what happens.'
    case 'password':
      return 'Enter any six digits: with the sixth the money moves.'
    case 'returned':
      return 'Tap a call to read it. Then play the merchant below, or try another scenario.'
    case 'closed':
      return 'Reopen the app: the Mini Program finds its payment again.'
  }
}
