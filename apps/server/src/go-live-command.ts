import { parseArgs } from 'node:util'
import type { Command } from './cli/command.ts'
import { withDatabase } from './cli/database.ts'
import { inspectConfig } from './config.ts'
import { examinedHere, webhookAddress } from './doctor-command.ts'
import { runChecks } from './doctor/run.ts'
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
    const { values } = parseArgs({
      args: [...args],
      options: { 'webhook-url': { type: 'string' }, json: { type: 'boolean', default: false } },
    })
    const inspected = inspectConfig(environment)
    const { config } = inspected
    const url = webhookAddress(config, values['webhook-url'])
    const findings = await runChecks(examinedHere(inspected, { url }), new AbortController().signal)
    const { live } = config.adyen
    const isUsable = findings.some(({ check, state }) => check === 'database.migrations' && state === 'pass')
    const [steps, learned] = isUsable
      ? await withDatabase(
          config.database,
          async (db) => [await findSteps(live, findings, db), await compareAssumptions(db)] as const,
        )
      : [await findSteps(live, findings, undefined), []]
    print(values.json ? formatJson(steps, learned) : formatText(steps, learned))
    return steps.some(({ state }) => state === 'open') ? 'differences' : 'success'
  },
}
