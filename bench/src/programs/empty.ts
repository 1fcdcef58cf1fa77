import { Client } from 'pg'
import { listen } from './listen.ts'

/** Connects to PostgreSQL and listens: what every server does before it can do anything. */
const client = new Client({ connectionString: process.env['DATABASE_URL'] })
await client.connect()
listen(() => ({ status: 200, body: 'ready' }))
