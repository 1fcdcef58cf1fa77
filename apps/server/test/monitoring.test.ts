import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { describe, expect } from 'vitest'
import { test as base } from './fixtures.ts'
import { missingPrometheus, monitoring, promtool, startPrometheus } from './prometheus.ts'
import { scrape } from './scrape.ts'

const missing = missingPrometheus()
if (missing !== undefined) process.stderr.write(`${missing}\n`)

const test = base.extend('prometheus', { scope: 'file' }, async ({ shop }, { onCleanup }) => {
  const prometheus = await startPrometheus([shop.server.operatorsUrl])
  onCleanup(() => prometheus.stop())
  return prometheus
})

const Panels = Type.Object({
  panels: Type.Array(
    Type.Object({
      title: Type.String(),
      targets: Type.Optional(Type.Array(Type.Object({ expr: Type.String() }))),
    }),
  ),
})

const read = (name: string): Promise<string> => readFile(path.join(monitoring, name), 'utf8')
const namesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name = '']) => name)

async function dashboardExpressions(): Promise<readonly string[]> {
  const { panels } = Parse(Panels, JSON.parse(await read('grafana-dashboard.json')))
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
}

test('each alert has its section of docs/monitoring.md, and each section its alert and its tests', async () => {
  const alerts = await read('alerts.yml')
  const names = namesIn(alerts, /- alert: (\w+)/g)
  const page = await readFile(new URL('../../../docs/monitoring.md', import.meta.url), 'utf8')
  expect(namesIn(page, /^### (Tael\w+)$/gm).toSorted()).toEqual(names.toSorted())
  expect(namesIn(alerts, /runbook: docs\/monitoring\.md#(\w+)/g)).toEqual(
    names.map((name) => name.toLowerCase()),
  )
  // Each fires in one test, and in another it does not.
  const tested = namesIn(await read('alerts.test.yml'), /alertname: (\w+)/g)
  expect(tested.toSorted()).toEqual([...names, ...names].toSorted())
})

test('alerts and dashboard ask only for metrics that a server has', async ({ shop, shopper }) => {
  await shopper.buy(4000)
  const { metrics } = await scrape(shop.server)
  const asked = [await read('alerts.yml'), ...(await dashboardExpressions())].flatMap((text) =>
    namesIn(text, /\b((?:tael|nodejs|process)_\w+)\b(?=[\s{[)])/g),
  )
  const known = (name: string): boolean =>
    metrics.has(name) || metrics.has(name.replace(/_(?:bucket|count|sum)$/, ''))
  expect(asked.length).toBeGreaterThan(40)
  expect(asked.filter((name) => !known(name))).toEqual([])
})

describe.skipIf(missing !== undefined)("Debian's Prometheus", () => {
  test('takes the configuration and the alerts, each of which fires when it should and not otherwise', async () => {
    expect(await promtool('check', 'config', 'prometheus.yml')).toContain('SUCCESS')
    expect(await promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS')
  })

  test('scrapes a server, and answers what the dashboard asks', async ({ shop, shopper, prometheus }) => {
    await shopper.buy(4000)
    await expect
      .poll(async () => (await prometheus.query('tael_payments_total{status="authorised"}'))[0]?.value)
      .toBeGreaterThanOrEqual(1)
    await expect
      .poll(() => prometheus.query('up{job="tael"}'))
      .toMatchObject([{ labels: { instance: new URL(shop.server.operatorsUrl).host }, value: 1 }])
    for (const expression of await dashboardExpressions())
      expect(await prometheus.query(expression.replaceAll('$__rate_interval', '1m'))).toBeInstanceOf(Array)
    await expect.poll(() => prometheus.query('sum(increase(tael_http_requests_total[1m]))')).toHaveLength(1)
  })

  test('has an alert pending and then firing while Adyen fails', async ({ shopper, adyen, prometheus }) => {
    const orders = await Promise.all(Array.from({ length: 8 }, () => shopper.order(4000)))
    expect(await prometheus.stateOf('TaelAdyenFailing')).toBeUndefined()
    await adyen.withFault({ name: 'permanent_500', call: 'payments' }, async () => {
      for (const order of orders) await shopper.startPayment(order)
    })
    await expect.poll(() => prometheus.stateOf('TaelAdyenFailing')).toBe('firing')
    const pending = 'count_over_time(ALERTS{alertname="TaelAdyenFailing",alertstate="pending"}[10m])'
    expect(await prometheus.query(pending)).toHaveLength(1)
  })
})
