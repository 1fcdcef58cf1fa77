import dns, { type LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import { syncBuiltinESMExports } from 'node:module'

/** Loaded before a live server: no name leads anywhere, so that it calls neither Adyen nor WeChat. */
const { lookup } = dns

function lookUpNothing(
  name: string,
  options: dns.LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, found: string | LookupAddress[], family?: number) => void,
): void {
  if (name === 'localhost' || isIP(name) !== 0) return lookup(name, options, callback)
  const code = 'ENOTFOUND'
  const error = Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code, syscall: 'getaddrinfo' })
  process.nextTick(callback, error)
}

Object.assign(dns, { lookup: lookUpNothing })
syncBuiltinESMExports()
