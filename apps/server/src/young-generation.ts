import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Two halves of 8 MiB, of which V8 uses one at a time. */
const BYTES = 16 * 1024 * 1024
/** More than a collection needs to let it grow, and little beside what the server loads next. */
const ARRAYS_MAX = 1_000
const LOOK_EVERY_MS = 1_000
/** The part of its time from which on the server is busy. */
const BUSY = 0.1

// V8 starts with 1 MiB for new objects, which it collects all the time, and under load doubles that
// to 128 MiB, which it keeps. Of the two only the growth can be set while it runs.
grow()

// In a quiet hour V8 gives most of it back: it grows again when there is work.
let before = performance.eventLoopUtilization()
setInterval(() => {
  const now = performance.eventLoopUtilization()
  const { utilization } = performance.eventLoopUtilization(now, before)
  before = now
  if (utilization > BUSY && newSpaceBytes() < BYTES) grow()
}, LOOK_EVERY_MS).unref()

function grow(): void {
  setFlagsFromString('--semi-space-growth-factor=8')
  const arrays: unknown[] = []
  while (newSpaceBytes() < BYTES && arrays.length < ARRAYS_MAX)
    arrays.push(Array.from({ length: 2_000 }, () => 0))
  setFlagsFromString('--semi-space-growth-factor=1')
}

function newSpaceBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? BYTES
}
