import type { Command } from './cli/command.ts'
import { withDatabase } from './cli/database.ts'
import { examineFor } from './doctor-command.ts'
import { compareAssumptions } from './go-live/assumptions.ts'
import { formatJson, formatText } from './go-live/report.ts'
import { findSteps } from './go-live/steps.ts'

export const goLiveCommand: Command = {
  name: 'go-live',
  summary: 'print the steps to live payments, what is done of them, and what the first payments showed',
  usage: `[--webhook-url https://your.host/webhooks/adyen] [--json]

  --webhook-url  where Adyen calls the webhook; by default /webhooks/adyen at PUBLIC_URL
  --json         print JSON

  docs/going-live.md explains the steps and what could only be assumed. It runs the checks of doctor, and
  reads the payments of the database. It changes nothing. Exits with 1 while a step is open.`,

  async run(args, { environment, print }) {
    const { config, findings, json } = await examineFor(args, environment)
    const { live } = config.adyen
    const isUsable = findings.some(({ check, state }) => check === 'database.migrations' && state === 'pass')
    const [steps, learned] = isUsable
      ? await withDatabase(
          config.database,
          async (db) => [await findSteps(live, findings, db), await compareAssumptions(db)] as const,
        )
      : [await findSteps(live, findings, undefined), []]
    print(json ? formatJson(steps, learned) : formatText(steps, learned))
    return steps.some(({ state }) => state === 'open') ? 'differences' : 'success'
  },
}
