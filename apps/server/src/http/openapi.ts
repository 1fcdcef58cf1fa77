import swagger from '@fastify/swagger'
import type { Access, Listener } from '@tael/contracts'
import type { FastifyInstance } from 'fastify'

/** A part of the API with a description of its own: for the phone and Adyen, operators, and a merchant's backend. */
export type Document = Listener | 'merchant'

/** The documents of each listener. */
export const documentsOf = {
  public: ['public'],
  operators: ['operators', 'merchant'],
} as const satisfies Record<Listener, readonly Document[]>

/** Where its listener serves each document. */
export const documentPaths = {
  public: '/openapi.json',
  operators: '/openapi.json',
  merchant: '/merchant/openapi.json',
} as const satisfies Record<Document, string>

/** The routes of each document, by who may call them. */
const accesses: Readonly<Record<Document, readonly Access[]>> = {
  public: ['public', 'shopper', 'adyen'],
  operators: ['operator', 'console', 'public'],
  merchant: ['merchant'],
}

/** What OpenAPI says about each document. */
const info = {
  public: {
    title: 'Tael merchant server',
    description: 'WeChat Pay in a Mini Program through Adyen: the API that the Mini Program and Adyen call.',
  },
  operators: {
    title: "Tael merchant server: the operators' API",
    description:
      "WeChat Pay in a Mini Program through Adyen: the API for the shop's operators, on their listener.",
  },
  merchant: {
    title: "Tael merchant server: the merchant's API",
    description:
      "WeChat Pay in a Mini Program through Adyen: the API for the backend of a merchant's own shop, on the operators' listener.",
  },
} as const satisfies Record<Document, object>

const securitySchemes = {
  public: {
    shopper: { type: 'http', scheme: 'bearer', description: 'The token of POST /login.' },
    adyen: { type: 'http', scheme: 'basic', description: "The webhook's user name and password." },
  },
  operators: {
    operator: { type: 'http', scheme: 'bearer', description: 'The key of an operator.' },
    console: {
      type: 'apiKey',
      in: 'cookie',
      name: '__Host-tael_session',
      description: 'The cookie of POST /console/session; a change also needs its csrfToken as x-tael-csrf.',
    },
  },
  merchant: {
    merchant: { type: 'http', scheme: 'bearer', description: "The key of a merchant's backend." },
  },
} as const satisfies Record<Document, object>

/** Generates the OpenAPI documents of one listener from the contracts' schemas. */
export async function describeApi(app: FastifyInstance, listener: Listener): Promise<void> {
  for (const document of documentsOf[listener]) await describe(app, document)
}

async function describe(app: FastifyInstance, document: Document): Promise<void> {
  await app.register(swagger, {
    decorator: decoratorOf(document),
    openapi: {
      openapi: '3.1.0',
      info: { ...info[document], version: '1.0.0' },
      components: { securitySchemes: securitySchemes[document] },
    },
    transform: ({ schema, url, route }) => {
      const contract = route.config?.contract
      if (contract === undefined) return { schema, url }
      if (!accesses[document].includes(contract.access)) return { schema: { ...schema, hide: true }, url }
      if (contract.access === 'public') return { schema, url }
      const callers = contract.access === 'operator' ? ['operator', 'console'] : [contract.access]
      return { schema: { ...schema, security: callers.map((caller) => ({ [caller]: [] })) }, url }
    },
  })
}

/** A document that `describeApi` generates; the app must be ready. */
export function readDocument(app: FastifyInstance, document: Document): object {
  return app.getDecorator<() => object>(decoratorOf(document))()
}

function decoratorOf(document: Document): string {
  return `openapi-${document}`
}
