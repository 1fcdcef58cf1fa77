import { machineRoutes, shopperRoutes } from '@tael/contracts'
import type { FastifyInstance } from 'fastify'
import { callerAddress } from './caller-address.ts'
import type { RequestLimits } from './request-limits.ts'

/** Limited by what their callers present, or, as health, not at all. */
const limitedElsewhere: ReadonlySet<unknown> = new Set([...Object.values(machineRoutes), shopperRoutes.login])

/** Limits the requests from one address for what anyone may read. */
export function limitOpenRoutes(app: FastifyInstance, limits: RequestLimits): void {
  app.addHook('onRequest', async (request) => {
    const { url, config } = request.routeOptions
    if (url === undefined || limitedElsewhere.has(config.contract)) return
    if (config.contract === undefined || config.contract.access === 'public')
      limits.count('open', callerAddress(request))
  })
}
