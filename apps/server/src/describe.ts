import { type Listener, routesOf } from '@tael/contracts'
import Fastify from 'fastify'
import { describeApi, type Document, documentsOf, readDocument } from './http/openapi.ts'
import { serve } from './http/routing.ts'

/**
 * The OpenAPI documents of a listener, from the contracts alone: no configuration, no database.
 */
export async function describeListener(listener: Listener): Promise<ReadonlyMap<Document, object>> {
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
  const documents = documentsOf[listener].map((document) => [document, readDocument(app, document)] as const)
  await app.close()
  return new Map(documents)
}
