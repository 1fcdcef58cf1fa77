import dns, { type LookupAddress } from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'

/** Loaded before a server: the name `database.test` is this machine, but not at first. */
const REFUSED = 3

const { lookup } = dns
let lookups = 0

function lookUpLate(
  name: string,
  options: dns.LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, found: string | LookupAddress[], family?: number) => void,
): void {
  if (name !== 'database.test') return lookup(name, options, callback)
  lookups += 1
  if (lookups > REFUSED) return lookup('127.0.0.1', options, callback)
  const code = 'ENOTFOUND'
  const error = Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code, syscall: 'getaddrinfo' })
  process.nextTick(callback, error)
}

Object.assign(dns, { lookup: lookUpLate })
syncBuiltinESMExports()
