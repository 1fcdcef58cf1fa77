import type { Pool } from 'pg'
import type { PaymentChanges } from '../db/changes.ts'
import { addGauge, type Metrics } from '../metrics/metrics.ts'

/** Adds what this server has and holds: its connections to the database, and the phones that wait. */
export function measureServer(metrics: Metrics, pool: Pool, changes: PaymentChanges): void {
  addGauge(metrics, {
    name: 'tael_database_connections_used',
    help: 'Connections to PostgreSQL that something runs on.',
    read: () => pool.totalCount - pool.idleCount,
  })
  addGauge(metrics, {
    name: 'tael_database_connections_idle',
    help: 'Connections to PostgreSQL that wait for something to run.',
    read: () => pool.idleCount,
  })
  addGauge(metrics, {
    name: 'tael_database_connections_max',
    help: 'The most connections to PostgreSQL that this server opens.',
    read: () => pool.options.max,
  })
  addGauge(metrics, {
    name: 'tael_database_connections_awaited',
    help: 'Requests and jobs that wait for a free connection.',
    read: () => pool.waitingCount,
  })
  addGauge(metrics, {
    name: 'tael_long_polls',
    help: 'Requests that wait for a payment to change.',
    read: () => changes.waiting,
  })
}
