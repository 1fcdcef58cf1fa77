import { readdir, readFile } from 'node:fs/promises'

/** What the kernel has counted of a process. */
export interface ProcessTimes {
  readonly parent: number
  /** Milliseconds of processor time of its own. */
  readonly ownMs: number
  /** Those of its children that have ended. */
  readonly endedChildrenMs: number
}

/** The kernel counts in hundredths of a second (`getconf CLK_TCK`, on every architecture that Linux runs Node on). */
const TICK_MS = 10

/** Undefined: the process has ended. */
export async function readTimes(pid: number | string): Promise<ProcessTimes | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return undefined
  // The name of the program, in parentheses, may hold anything (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (index: number): number => Number(fields[index])
  return {
    parent: field(1),
    ownMs: (field(11) + field(12)) * TICK_MS,
    endedChildrenMs: (field(13) + field(14)) * TICK_MS,
  }
}

/** The processes that this one has started and that still run, by their id. */
export async function readChildren(parent: number): Promise<ReadonlyMap<number, ProcessTimes>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const times = await Promise.all(pids.map(async (pid) => [Number(pid), await readTimes(pid)] as const))
  return new Map(times.flatMap(([pid, one]) => (one?.parent === parent ? [[pid, one] as const] : [])))
}

/** The memory of a process that is in RAM, in bytes. */
export async function readResidentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
