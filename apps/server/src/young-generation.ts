import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Two halves of 8 MiB, of which V8 uses one at a time. */
const BYTES = 16 * 1024 * 1024
/** More than a collection needs to let it grow, and little beside what the server loads next. */
const ARRAYS_MAX = 1_000

// V8 starts with 1 MiB for new objects, which it collects all the time, and under load doubles that to 128 MiB, which it
// keeps. Neither is set while it runs; but by how much it grows is: so it grows once, and then no more.
setFlagsFromString('--semi-space-growth-factor=8')
const arrays: unknown[] = []
while (newSpaceBytes() < BYTES && arrays.length < ARRAYS_MAX)
  arrays.push(Array.from({ length: 2_000 }, () => 0))
setFlagsFromString('--semi-space-growth-factor=1')

function newSpaceBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? BYTES
}
