import type { Laboratory } from '../machine/laboratory.ts'
import { atMost } from '../results/goals.ts'
import type { Figures } from '../results/report.ts'
import { interleave, showSpread, spreadOf } from '../results/rounds.ts'

/** From the start of the process until it takes requests, with a database that is prepared. */
export async function measureStart(laboratory: Laboratory): Promise<Figures> {
  const tael = await laboratory.startTael()
  const url = tael.shop.databaseUrl
  const measured = await interleave(laboratory.options.rounds, [
    {
      name: 'Tael',
      measure: async () => {
        const start = performance.now()
        const program = await laboratory.startServer(url)
        const ready = await fetch(`${program.url}/health/ready`)
        const ms = performance.now() - start
        await program.stop()
        if (!ready.ok) throw new Error(`It is not ready: ${await ready.text()}`)
        return ms
      },
    },
    {
      name: 'node:http and pg, connected',
      measure: async () => {
        const start = performance.now()
        const program = await laboratory.startReferenceProgram('empty', url)
        const ms = performance.now() - start
        await program.stop()
        return ms
      },
    },
  ])
  await tael.stop()
  const spreads = [...measured].map(([name, ms]) => [name, spreadOf(ms)] as const)
  return {
    how: 'From the start of the process until GET /health/ready is answered 200, with an external database that is prepared, without a compile cache.',
    tables: [
      { columns: ['program', 'ms'], rows: spreads.map(([name, spread]) => [name, showSpread(spread)]) },
    ],
    goals: [
      atMost(
        'at most 800 ms',
        800,
        new Map(spreads).get('Tael')?.median ?? Number.NaN,
        (ms) => `${ms.toFixed(0)} ms`,
      ),
    ],
  }
}
