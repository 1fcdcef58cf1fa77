import { drillFailover } from './src/failover.ts'
import { findMissingPrograms } from './src/required-programs.ts'
import { drillRestore } from './src/restore.ts'
import { enterSandbox } from './src/sandbox.ts'

/** `pnpm drill <name>`: plays what can go wrong in production on this machine, and exits with 0 if all of it held. */

interface Drill {
  /** The programs that it runs, each with the Debian package that has it. */
  readonly programs: Readonly<Record<string, string>>
  /** Runs it in network namespaces of its own. Prints its figures, and resolves with what did not hold. */
  readonly run: () => Promise<readonly string[]>
}

const POSTGRES = '/usr/lib/postgresql/15/bin/postgres'

const drills: Readonly<Record<string, Drill>> = {
  failover: {
    programs: {
      [POSTGRES]: 'postgresql-15',
      '/usr/bin/patroni': 'patroni python3-etcd',
      '/usr/bin/etcd': 'etcd-server',
      '/usr/sbin/haproxy': 'haproxy',
      '/usr/sbin/pgbouncer': 'pgbouncer',
      '/usr/sbin/ip': 'iproute2',
    },
    run: drillFailover,
  },
  restore: {
    programs: {
      [POSTGRES]: 'postgresql-15',
      '/usr/bin/pgbackrest': 'pgbackrest',
      '/usr/sbin/ip': 'iproute2',
    },
    run: drillRestore,
  },
}

const [name = ''] = process.argv.slice(2)
const drill = drills[name]
if (drill === undefined) {
  process.stderr.write(`Name a drill: ${Object.keys(drills).join(', ')}.\n`)
  process.exit(64)
}
const missing = findMissingPrograms(drill.programs)
if (missing !== undefined) {
  process.stderr.write(`${missing}\n`)
  process.exit(69)
}
if (!enterSandbox()) {
  const problems = await drill.run()
  for (const problem of problems) process.stdout.write(`✗ ${problem}\n`)
  process.stdout.write(problems.length === 0 ? 'All of it held.\n' : `${problems.length} did not hold.\n`)
  process.exit(problems.length === 0 ? 0 : 1)
}
