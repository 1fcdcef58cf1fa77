import type { CallMessage, PhoneMessage } from '../../protocol.ts'

type Detail = Pick<CallMessage, 'base' | 'status' | 'headers' | 'body'>
type Ending = Detail & Pick<CallMessage, 'failed' | 'lost'>

/** A call without an answer yet. */
export interface LoggedCall {
  readonly call: number
  /** Reports that the call left the phone. */
  sent(): void
  end(ending: Ending): void
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
        sent: () => post({ ...about, phase: 'sent', at: Date.now(), failed: false }),
        end: (answer) => post({ ...about, ...answer, phase: 'answer', at: Date.now() }),
      }
    },
  }
}
