import type { FastifyInstance } from 'fastify'

/**
 * Answers 404 to a path that leads to a route but is spelled differently, such as `/%6fps/payments`
 * or one with a `#`: a rule of a proxy for `/ops/` would not match it.
 */
export function refusePathAliases(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const { url } = request.routeOptions
    if (url === undefined) return
    const path = request.originalUrl.split('?')[0]
    if (path !== spell(url, request.params)) return reply.callNotFound()
  })
}

/** A route's path with these parameters, as the contracts' client spells it. */
function spell(path: string, params: unknown): string {
  const values = new Map<string, unknown>(
    typeof params === 'object' && params !== null ? Object.entries(params) : [],
  )
  const spelled = (name: string): string => encodeURIComponent(String(values.get(name)))
  return path
    .replace(/:(\w+)/g, (_, name: string) => spelled(name))
    .replace('*', () => spelled('*').replaceAll('%2F', '/'))
}
