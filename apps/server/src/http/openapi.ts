import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'

/** Generates the OpenAPI description from the contracts' schemas. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tael merchant server',
        description:
          'WeChat Pay in a Mini Program through Adyen: the API that the Mini Program, operators and Adyen call.',
        version: '1.0.0',
      },
      components: {
        securitySchemes: {
          shopper: { type: 'http', scheme: 'bearer', description: 'The token of POST /login.' },
          operator: { type: 'http', scheme: 'bearer', description: 'The key of an operator.' },
          adyen: { type: 'http', scheme: 'basic', description: "The webhook's user name and password." },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const contract = route.config?.contract
      if (contract === undefined || contract.access === 'public') return { schema, url }
      return { schema: { ...schema, security: [{ [contract.access]: [] }] }, url }
    },
  })
}
