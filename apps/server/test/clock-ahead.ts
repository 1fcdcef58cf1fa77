/**
 * Loaded before a server: its clock is so many milliseconds ahead of everybody else's, as CLOCK_AHEAD_MS
 * says.
 */
const aheadMs = Number(process.env['CLOCK_AHEAD_MS'])
const RealDate = Date
const now = (): number => RealDate.now() + aheadMs
globalThis.Date = new Proxy(RealDate, {
  construct: (target, values: readonly unknown[], newTarget) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
  get: (target, name): unknown => (name === 'now' ? now : Reflect.get(target, name)),
})
