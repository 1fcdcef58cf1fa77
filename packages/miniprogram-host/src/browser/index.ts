import { messageOf } from './hooks.ts'
import { openLink } from './link.ts'
import { type LaterMessage, start } from './start.ts'

let deliver: ((message: LaterMessage) => void) | undefined

const link = openLink((message) => {
  if (message.type !== 'start') {
    deliver?.(message)
    return
  }
  if (deliver !== undefined) return
  try {
    deliver = start(globalThis.miniProgram, message.settings, (reply) => link.post(reply))
  } catch (error) {
    link.post({ type: 'error', message: messageOf(error) })
    throw error
  }
})
link.post({ type: 'loaded' })
