import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'

/** The bytes of an IPv6 address that are one caller's: a network of 64 bits. */
const NETWORK_BYTES = 8

/**
 * Where a request came from, one text for one caller, whatever their port or the spelling of their
 * address; of IPv6 the network of 64 bits, in which a caller has every address.
 */
export function callerAddress({ ip }: FastifyRequest): string {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(ip)?.[1] ?? /^([\d.]+):\d+$/.exec(ip)?.[1] ?? ip
  // Only a proxy of ours that adds something else leads here.
  if (!ipaddr.isValid(bare)) return 'unknown'
  const address = ipaddr.process(bare)
  if (address.kind() === 'ipv4') return address.toString()
  const network = address.toByteArray().fill(0, NETWORK_BYTES)
  return `${ipaddr.fromByteArray(network).toString()}/${NETWORK_BYTES * 8}`
}
