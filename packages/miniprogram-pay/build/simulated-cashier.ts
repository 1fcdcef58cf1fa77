/**
 * Whether a built script contains the simulated cashier, which pays no money: it alone names this route
 * of the simulator.
 */
export function hasSimulatedCashier(code: string): boolean {
  return code.includes('/simulator/cashier')
}
