import swagger from '@fastify/swagger'
import type { Listener } from '@tael/contracts'
import type { FastifyInstance } from 'fastify'

/** What OpenAPI says about each listener. */
const info = {
  public: {
    title: 'Tael merchant server',
    description: 'WeChat Pay in a Mini Program through Adyen: the API that the Mini Program and Adyen call.',
  },
  operators: {
    title: "Tael merchant server: the operators' listener",
    description: "WeChat Pay in a Mini Program through Adyen: the API for the shop's operators.",
  },
} as const

const securitySchemes = {
  public: {
    shopper: { type: 'http', scheme: 'bearer', description: 'The token of POST /login.' },
    adyen: { type: 'http', scheme: 'basic', description: "The webhook's user name and password." },
  },
  operators: {
    operator: { type: 'http', scheme: 'bearer', description: 'The key of an operator.' },
  },
} as const

/** Generates the OpenAPI description of one listener from the contracts' schemas. */
export async function describeApi(app: FastifyInstance, listener: Listener): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { ...info[listener], version: '1.0.0' },
      components: { securitySchemes: securitySchemes[listener] },
    },
    transform: ({ schema, url, route }) => {
      const contract = route.config?.contract
      if (contract === undefined || contract.access === 'public') return { schema, url }
      return { schema: { ...schema, security: [{ [contract.access]: [] }] }, url }
    },
  })
}
