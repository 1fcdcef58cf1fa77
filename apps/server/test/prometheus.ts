import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { freePort } from '@tael/stack'
import { until } from './until.ts'

/** What an operator gives Prometheus and Grafana. */
export const monitoring = fileURLToPath(new URL('../../../deploy/monitoring/', import.meta.url))

/** Why tests with Prometheus cannot run here; undefined if they can. In CI a missing one throws. */
export function missingPrometheus(): string | undefined {
  const isThere = ['prometheus', 'promtool'].every(
    (name) => spawnSync(name, ['--version']).error === undefined,
  )
  if (isThere) return undefined
  const problem = 'No prometheus and promtool: install them (apt-get install prometheus)'
  if (process.env['CI'] !== undefined) throw new Error(problem)
  return problem
}

/** Runs promtool on the files of `monitoring`; resolves with what it says, rejects where it finds an error. */
export async function promtool(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('promtool', args, { cwd: monitoring })
  return stdout
}

const Answer = Type.Object({
  status: Type.Literal('success'),
  data: Type.Object({
    result: Type.Array(
      Type.Object({
        metric: Type.Record(Type.String(), Type.String()),
        value: Type.Tuple([Type.Number(), Type.String()]),
      }),
    ),
  }),
})
const Alerts = Type.Object({
  data: Type.Object({
    alerts: Type.Array(
      Type.Object({
        labels: Type.Record(Type.String(), Type.String()),
        state: Type.Union([Type.Literal('pending'), Type.Literal('firing')]),
      }),
    ),
  }),
})

/** A Prometheus that scrapes servers every half second. */
export interface Prometheus {
  /** The series that an expression leads to now, each with its value. Throws for one that Prometheus refuses. */
  query(
    expression: string,
  ): Promise<readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]>
  /** The state of an alert; undefined where it is neither pending nor firing. */
  stateOf(alert: string): Promise<'pending' | 'firing' | undefined>
  stop(): Promise<void>
}

/** Starts Debian's Prometheus on the configuration and the alerts of `monitoring`, with shorter intervals. */
export async function startPrometheus(targets: readonly string[]): Promise<Prometheus> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-prometheus-'))
  const config = await readFile(path.join(monitoring, 'prometheus.yml'), 'utf8')
  const alerts = await readFile(path.join(monitoring, 'alerts.yml'), 'utf8')
  const hosts = targets.map((url) => `'${new URL(url).host}'`).join(', ')
  await writeFile(
    path.join(folder, 'prometheus.yml'),
    config.replaceAll(/(_interval): 15s/g, '$1: 500ms').replace(/targets: \['.*'\]/, `targets: [${hosts}]`),
  )
  await writeFile(path.join(folder, 'alerts.yml'), alerts.replaceAll(/for: \d+m/g, 'for: 2s'))
  const port = await freePort()
  const child = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: 'ignore' },
  )
  const exited = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  await Promise.race([
    until(isReady),
    exited.then(() => {
      throw new Error('Prometheus did not start.')
    }),
  ])
  return {
    async query(expression) {
      const answer: unknown = await (
        await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)
      ).json()
      const { result } = Parse(Answer, answer).data
      return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }))
    },
    async stateOf(alert) {
      const answer: unknown = await (await fetch(`${url}/api/v1/alerts`)).json()
      return Parse(Alerts, answer).data.alerts.find(({ labels }) => labels['alertname'] === alert)?.state
    },
    async stop() {
      child.kill()
      await exited
      await rm(folder, { recursive: true })
    },
  }
}
