import { subscribe } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'

/**
 * Loaded before a server: it dies by SIGKILL when it reaches the step that KILL_AT names, and
 * writes that to stderr.
 */
const { KILL_AT } = process.env
subscribe('tael:step', (step) => {
  if (step !== KILL_AT) return
  writeSync(2, `killed at: ${KILL_AT}\n`)
  process.kill(process.pid, 'SIGKILL')
})
