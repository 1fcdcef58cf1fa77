import { randomUUID } from 'node:crypto'
import { machineRoutes } from '@tael/contracts'
import { startServer } from '@tael/stack'
import { expect, inject, test } from 'vitest'
import { callTo } from './actors/index.ts'
import { createDatabase, Database } from './actors/database.ts'
import { DatabaseNetwork } from './database-network.ts'
import { until } from './until.ts'

const SERVERS = 4

/** No simulator: these servers call nobody. */
const start = (env: Readonly<Record<string, string>>) => startServer('http://127.0.0.1:1', env)

test('servers that start at the same moment on an empty database all start', async () => {
  const DATABASE_URL = await createDatabase(inject('postgresUrl'))
  const database = new Database(DATABASE_URL)
  const holder = await database.pool.connect()
  // The lock under which pg-boss creates its tables, which does not keep its servers apart.
  await holder.query(
    `select pg_advisory_lock(('x' || encode(sha224((current_database() || '.pgboss.pgboss')::bytea), 'hex'))::bit(64)::bigint)`,
  )
  const connections = (condition: string) =>
    database.count(
      'pg_stat_activity',
      `datname = current_database() and application_name = 'tael' and ${condition}`,
    )
  const starting = Promise.all(Array.from({ length: SERVERS }, () => start({ DATABASE_URL })))
  let creating: number
  try {
    await until(
      async () =>
        (await connections(`wait_event = 'advisory'`)) > 0 &&
        (await connections(`(wait_event = 'advisory' or query like '%pg_try_advisory%')`)) > SERVERS,
    )
    creating = await connections(`wait_event = 'advisory'`)
  } finally {
    holder.release(true)
  }
  for (const server of await starting) {
    expect(await callTo(server)(machineRoutes.ready, {})).toMatchObject({ status: 'ready' })
    await server.stop()
  }
  await database.close()
  expect(creating).toBe(1)
})

test('a server that starts before its database is reachable waits for it', async () => {
  const url = await createDatabase(inject('postgresUrl'))
  const network = await DatabaseNetwork.open(url)
  const DATABASE_URL = network.through(url)
  network.fallSilent()
  const server = start({ DATABASE_URL })
  // It tries to connect before the network is back.
  await expect.poll(() => network.connections).toBeGreaterThan(0)
  await network.restore()
  const started = await server
  expect(started.lines.join('\n')).toContain('the database is not ready yet')
  await started.stop()
  network.close()
})

test('a server waits while the name of its database is not resolved', async () => {
  const url = new URL(await createDatabase(inject('postgresUrl')))
  url.hostname = 'database.test'
  const preload = new URL('late-name.ts', import.meta.url).href
  const server = await start({ DATABASE_URL: url.href, NODE_OPTIONS: `--import ${preload}` })
  expect(server.lines.join('\n')).toContain('getaddrinfo ENOTFOUND database.test')
  await server.stop()
})

test.each([
  [
    'a password with a reserved character',
    (url: URL) => `postgresql://tael:pa#ss@${url.host}/tael`,
    'DATABASE_URL is invalid',
  ],
  [
    'a port that is none',
    (url: URL) => `postgresql://tael@${url.hostname}:54x/tael`,
    'DATABASE_URL is invalid',
  ],
  [
    'a certificate that is missing',
    (url: URL) => `${url.href}?sslrootcert=/nowhere/ca.pem`,
    'a certificate or key file that cannot be read',
  ],
  [
    'the wrong password',
    (url: URL) => `postgresql://tael:${randomUUID()}@${url.host}/postgres`,
    'PostgreSQL refuses the user or password of DATABASE_URL',
  ],
  [
    'a database that does not exist',
    (url: URL) => new URL('/nowhere', url).href,
    'PostgreSQL refuses the database of DATABASE_URL',
  ],
])('a DATABASE_URL with %s is a problem of the configuration', async (_what, toUrl, problem) => {
  const DATABASE_URL = toUrl(new URL(inject('postgresUrl')))
  const message = await start({ DATABASE_URL }).then(
    () => 'started',
    (error: unknown) => String(error),
  )
  expect(message).toContain(problem)
  expect(message).toContain('See .env.example.')
  expect(message).not.toMatch(/ {4}at |pa#ss/)
})
