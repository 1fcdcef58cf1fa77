import { machineRoutes } from '@tael/contracts'
import { expect } from 'vitest'
import { refusalOf } from './actors/index.ts'
import { test as base } from './fixtures.ts'
import { until } from './until.ts'

/** Of a process, because /health names the commit that was built. */
const test = base.extend('processes', { scope: 'file' }, () => true)

test('a server whose jobs cannot be fetched lives and is not ready, until they can', async ({ shop }) => {
  const { call, database } = shop
  const ready = { status: 'ready', version: expect.stringMatching(/^([0-9a-f]{12}|unknown)$/) }
  expect(await call(machineRoutes.ready, {})).toEqual(ready)
  await database.rows('alter table pgboss.job_common rename to elsewhere')
  try {
    await until(
      () =>
        call(machineRoutes.ready, {}).then(
          () => false,
          () => true,
        ),
      { timeoutMs: 90_000 },
    )
    expect(await refusalOf(call(machineRoutes.ready, {}))).toMatchObject({
      status: 503,
      code: 'not_ready',
      detail: expect.stringContaining('takes no jobs'),
      retryAfterSeconds: 1,
    })
    expect(await call(machineRoutes.live, {})).toEqual({ ...ready, status: 'live' })
  } finally {
    await database.rows('alter table pgboss.elsewhere rename to job_common')
  }
  await expect.poll(() => call(machineRoutes.ready, {}).catch(String)).toEqual(ready)
})
