import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { goods } from '@tael/miniprogram/goods'
import * as miniProgram from '@tael/miniprogram/merchant'
import { type Command, CommandError } from './cli/command.ts'
import { type Config, type Environment, inspectConfig, type Inspected } from './config.ts'
import { formatJson, formatText } from './doctor/report.ts'
import { type Examined, runChecks } from './doctor/run.ts'

/** The built goods, Mini Program and migrations, and this machine: what `doctor` and a live server examine. */
export function examinedHere(inspected: Inspected<Config>, webhook?: Examined['webhook']): Examined {
  return {
    inspected,
    goods,
    miniProgram,
    migrations: new URL('../migrations/', import.meta.url),
    folders: [...new Set([process.cwd(), tmpdir()])],
    webhook,
  }
}

/** Where Adyen calls the webhook: the given address, else that of PUBLIC_URL. */
function webhookAddress({ publicUrl }: Config, given: string | undefined): string | undefined {
  if (given !== undefined && !/^https?:$/.test(URL.parse(given)?.protocol ?? ''))
    throw new CommandError('usage', '--webhook-url must be an https address.')
  if (given !== undefined || publicUrl === undefined || publicUrl === '') return given
  return `${publicUrl}/webhooks/adyen`
}

/** Runs every check for a command with the options of doctor, which go-live has too. */
export async function examineFor(args: readonly string[], environment: Environment) {
  const { values } = parseArgs({
    args: [...args],
    options: { 'webhook-url': { type: 'string' }, json: { type: 'boolean', default: false } },
  })
  const inspected = inspectConfig(environment)
  const { config } = inspected
  const url = webhookAddress(config, values['webhook-url'])
  const findings = await runChecks(examinedHere(inspected, { url }), new AbortController().signal)
  return { config, findings, json: values.json }
}

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'check everything that a shop needs, and name the remedy of what fails',
  usage: `[--webhook-url https://your.host/webhooks/adyen] [--json]

  --webhook-url  where Adyen calls the webhook; by default /webhooks/adyen at PUBLIC_URL
  --json         print JSON

  docs/doctor.md lists the checks. It changes nothing and moves no money, but sends the server a signed
  test webhook, which is stored once. Exits with 1 if a check fails.`,

  async run(args, { environment, print }) {
    const { json, findings } = await examineFor(args, environment)
    print(json ? formatJson(findings) : formatText(findings))
    return findings.some(({ state }) => state === 'fail') ? 'differences' : 'success'
  },
}
