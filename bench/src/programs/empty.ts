import { listen } from './listen.ts'
import { run } from './reference.ts'

/** Connects to PostgreSQL and listens: what every server does before it can do anything. */
await run('select 1')
listen(() => ({ status: 200, body: 'ready' }))
