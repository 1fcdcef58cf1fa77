import { type Listener, routesOf } from '@tael/contracts'
import Fastify from 'fastify'
import { describeApi } from './http/openapi.ts'
import { serve } from './http/routing.ts'

/**
 * The OpenAPI description of a listener, from the contracts alone: no configuration, no database.
 */
export async function describeListener(listener: Listener): Promise<object> {
  const app = Fastify()
  await describeApi(app, listener)
  await app.register(async (api) => {
    for (const route of routesOf[listener]) {
      api.route({
        ...serve(route),
        handler: () => {
          throw new Error('This server answers no requests: it only describes the API.')
        },
      })
    }
  })
  await app.ready()
  const description = app.swagger()
  await app.close()
  return description
}
