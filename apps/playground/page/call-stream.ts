import type { LogEntry } from '@tael/simulator/call-log'

export interface Watcher {
  readonly receive: (entry: LogEntry) => void
  /** The simulator stopped answering, or answers again. */
  readonly onReachable: (reachable: boolean) => void
}

const RECONNECT_MS = 1_000

/**
 * Streams the simulator's call log from this time, in milliseconds since 1970: past entries first, each entry
 * once. Browsers reconnect by themselves except after an HTTP error, which the proxy sends while the simulator
 * restarts.
 */
export function watchCallLog(since: number, { receive, onReachable }: Watcher): void {
  const isNew = createRepeatFilter()
  const open = (): void => {
    const stream = new EventSource(`/simulator/messages?since=${since}`)
    stream.addEventListener('open', () => onReachable(true))
    stream.addEventListener('error', () => {
      onReachable(false)
      if (stream.readyState === EventSource.CLOSED) setTimeout(open, RECONNECT_MS)
    })
    stream.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const entry: LogEntry = JSON.parse(data)
      if (isNew(entry)) receive(entry)
    })
  }
  open()
}

/**
 * Returns a function that is false for entries that a new stream repeats. A restarted simulator
 * counts from 1 again, at a later time.
 */
export function createRepeatFilter(): (entry: Pick<LogEntry, 'id' | 'at'>) => boolean {
  let last = { id: 0, at: '' }
  return ({ id, at }) => {
    if (at < last.at || (at === last.at && id <= last.id)) return false
    last = { id, at }
    return true
  }
}
