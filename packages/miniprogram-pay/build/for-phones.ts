/** What the builds of this package and of the Mini Program share: scripts that every phone runs. */
export { bundleForPhones, type PhoneBundle } from './bundle.ts'
export { phoneProblems } from './phone-check.ts'
export { hasSimulatedCashier } from './simulated-cashier.ts'
export { withoutProperties } from './without-properties.ts'
