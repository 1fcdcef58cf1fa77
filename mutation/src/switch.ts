import { openSync, readFileSync, writeSync } from 'node:fs'

/**
 * Copied into a sandbox and imported by every instrumented file before anything else: chooses the mutant that this
 * process runs. In place of a mutant's id the file `active` may hold `none`, or `coverage`, which writes down when
 * the place of each mutant is reached.
 */
const SANDBOX = '/the/sandbox/writes/its/own/path/here'
/** A mutant may turn a loop endless: reached this often it throws. No test comes near. */
const HITS_MAX = 1_000_000
/** One place is written down once in so many milliseconds. */
const PAUSE_MS = 20

/** What the code that Stryker's instrumenter adds reads. */
interface Switch {
  readonly activeMutant: string
  readonly hitCount?: number
  readonly hitLimit?: number
  readonly mutantCoverage?: { readonly static: Record<string, number>; readonly perTest: object }
}

const active = readFileSync(`${SANDBOX}/active`, 'utf8')
const chosen: Switch =
  active === 'coverage'
    ? { activeMutant: 'none', mutantCoverage: { static: recordHits(), perTest: {} } }
    : { activeMutant: active, hitCount: 0, hitLimit: HITS_MAX }
Object.assign(globalThis, { ['__stryker__']: chosen })

/** Counters that append a line to the file `hits`: the time, the mutant, and `loading` while modules load. */
function recordHits(): Record<string, number> {
  const hits = openSync(`${SANDBOX}/hits`, 'a')
  const lastHit = new Map<string, number>()
  let when = 'loading'
  setImmediate(() => {
    when = 'running'
  })
  const record = (mutant: string): void => {
    const now = Date.now()
    if (now < (lastHit.get(mutant) ?? 0) + PAUSE_MS) return
    lastHit.set(mutant, now)
    writeSync(hits, `${now} ${mutant} ${when}\n`)
  }
  return new Proxy<Record<string, number>>(
    {},
    {
      set: (_, mutant) => {
        record(String(mutant))
        return true
      },
    },
  )
}
