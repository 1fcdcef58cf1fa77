import express from 'express'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { applyEvent, createOrder, findOrder, findProduct } from './orders.js'
import products from './products.json' with { type: 'json' }
import { TaelError } from './tael.js'

/**
 * The shop's HTTP. `secrets` verify Tael's events; while one is replaced there are two.
 */
export function createApp({ database, tael, secrets }) {
  const app = express()
  app.disable('x-powered-by')

  app.get('/products', (_request, response) => {
    response.json({ products })
  })

  app.post('/orders', express.json(), (request, response) => {
    const product = findProduct(request.body?.product)
    if (product === undefined) return response.status(404).json({ error: 'There is no such product.' })
    return response.status(201).json(createOrder(database, product))
  })

  app.get('/orders/:reference', (request, response) => {
    const order = findOrder(database, request.params.reference)
    if (order === undefined) return response.status(404).json({ error: 'There is no such order.' })
    return response.json(order)
  })

  // What the phone needs to pay an order. Asking again gives the same.
  app.post('/orders/:reference/payment', (request, response, next) => {
    const order = findOrder(database, request.params.reference)
    if (order === undefined) return response.status(404).json({ error: 'There is no such order.' })
    return tael.putOrder(order, order.name).then((payable) => response.json(payable), next)
  })

  // The signature covers the bytes as they came, so they are not parsed before.
  app.post('/tael-events', express.raw({ type: '*/*', limit: '1mb' }), (request, response) => {
    applyEvent(database, verify(secrets, request))
    // Any 2xx says that it is processed; after anything else Tael sends it again.
    response.status(204).end()
  })

  app.use((error, _request, response, _next) => {
    if (error instanceof WebhookVerificationError) return response.status(401).json({ error: error.message })
    if (error instanceof TaelError) return response.status(502).json({ error: error.code })
    process.stderr.write(`${error.stack}\n`)
    return response.status(error.status ?? 500).json({ error: 'The request failed.' })
  })
  return app
}

/** The event of a request that one of the secrets signed. Throws a WebhookVerificationError otherwise. */
function verify(secrets, request) {
  const headers = {
    'webhook-id': request.get('webhook-id') ?? '',
    'webhook-timestamp': request.get('webhook-timestamp') ?? '',
    'webhook-signature': request.get('webhook-signature') ?? '',
  }
  for (const secret of secrets.slice(0, -1)) {
    try {
      return new Webhook(secret).verify(request.body, headers)
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error
    }
  }
  return new Webhook(secrets.at(-1)).verify(request.body, headers)
}
