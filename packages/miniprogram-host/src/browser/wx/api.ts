import { messageOf } from '../hooks.ts'

/** The callbacks of every asynchronous `wx` call. */
export interface Callbacks {
  success?(this: void, result: never): void
  fail?(this: void, error: never): void
  complete?(this: void, result: never): void
}

type Outcome<Result> =
  | { readonly kind: 'success'; readonly result: Result & { errMsg: string } }
  | { readonly kind: 'fail'; readonly result: { errMsg: string } }

/**
 * Makes an asynchronous API of WeChat's form: a promise only where no callback is given, `errMsg` in
 * every result, `{errMsg: '<name>:fail …'}` where `run` throws (developers.weixin.qq.com, asynchronous
 * APIs).
 */
export function asynchronous<Options extends object, Result extends object>(
  name: string,
  run: (options: Options & Callbacks) => Result | Promise<Result>,
) {
  return (options: Options & Callbacks): Promise<Result & { errMsg: string }> | undefined => {
    const outcome = attempt(name, async () => run(options))
    if (options.success !== undefined || options.fail !== undefined || options.complete !== undefined) {
      void outcome.then(({ kind, result }) => settle(options, kind, result))
      return undefined
    }
    // WeChat rejects with a plain object, not an Error.
    return outcome.then((each) => (each.kind === 'success' ? each.result : Promise.reject(each.result)))
  }
}

/** Like `asynchronous`, for an API that can be called without options. */
export function asynchronousBare<Result extends object>(name: string, run: () => Result | Promise<Result>) {
  const call = asynchronous<object, Result>(name, run)
  return (options: Callbacks = {}) => call(options)
}

/** Passes a result to the callbacks; their parameter types differ by api. */
export function settle(callbacks: Callbacks, kind: 'success' | 'fail', result: object): void {
  for (const name of [kind, 'complete'] as const) {
    const callback: unknown = callbacks[name]
    if (typeof callback === 'function') Reflect.apply(callback, undefined, [result])
  }
}

async function attempt<Result extends object>(
  name: string,
  run: () => Promise<Result>,
): Promise<Outcome<Result>> {
  try {
    return { kind: 'success', result: { ...(await run()), errMsg: `${name}:ok` } }
  } catch (error) {
    const message = messageOf(error)
    const errMsg = `${name}:${message.startsWith('fail') ? message : `fail ${message}`}`
    return { kind: 'fail', result: { errMsg } }
  }
}
