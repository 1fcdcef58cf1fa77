import { subscribe } from 'node:diagnostics_channel'

/** Loaded before a server: it dies by SIGKILL when it reaches the step that KILL_AT names. */
const { KILL_AT } = process.env
subscribe('tael:step', (step) => {
  if (step === KILL_AT) process.kill(process.pid, 'SIGKILL')
})
