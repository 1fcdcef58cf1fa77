import { cpus } from 'node:os'
import { measureInTurn, tableOf } from '../load/measure.ts'
import type { Laboratory, Subject } from '../machine/laboratory.ts'
import type { Figures } from '../results/report.ts'
import { startingAt } from './payments.ts'
import { payingBy } from './webhooks.ts'

/** One, two and three servers on one PostgreSQL, with the same number of connections in all. */
export async function measureSeveralServers(laboratory: Laboratory): Promise<Figures> {
  const { connections, seconds } = laboratory.options
  const subjects: Subject[] = []
  for (const [name, count] of Object.entries({ 'one server': 1, 'two servers': 2, 'three servers': 3 }))
    subjects.push(await laboratory.startTael(name, count))
  const pace = { connections, seconds }
  const payments = await measureInTurn(
    laboratory,
    pace,
    subjects.map((subject) => startingAt(subject)),
  )
  const webhooks = await measureInTurn(
    laboratory,
    pace,
    subjects.map((subject) => payingBy(subject)),
  )
  for (const subject of subjects) await subject.stop()
  return {
    how: `Servers that share one PostgreSQL, ${connections} connections in all. On this machine they also share ${cpus().length} cores with PostgreSQL, with the stub of Adyen and with the program that sends the requests, so more of them cannot do more once the cores are used up.`,
    tables: [tableOf(payments, 'POST /payments'), tableOf(webhooks, 'POST /webhooks/adyen')],
    goals: [],
  }
}
