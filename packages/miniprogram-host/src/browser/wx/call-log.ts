import type { CallMessage, PhoneMessage } from '../../protocol.ts'

type Detail = Pick<CallMessage, 'status' | 'headers' | 'body'>

/** A call without an answer yet. */
export interface LoggedCall {
  readonly call: number
  end(detail: Detail & { readonly failed: boolean }): void
}

/** Reports each call to the embedder. */
export interface CallLog {
  start(api: CallMessage['api'], label: string, detail?: Detail): LoggedCall
}

export function createCallLog(post: (message: PhoneMessage) => void): CallLog {
  let calls = 0
  return {
    start: (api, label, detail = {}) => {
      calls += 1
      const call = calls
      const about = { type: 'call', call, api, label } as const
      post({ ...about, ...detail, phase: 'request', at: Date.now(), failed: false })
      return {
        call,
        end: (answer) => post({ ...about, ...answer, phase: 'answer', at: Date.now() }),
      }
    },
  }
}
