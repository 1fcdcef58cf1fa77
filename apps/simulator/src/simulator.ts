import { isFromThisMachine } from '@tael/config'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import { adyenRoutes } from './adyen/routes.ts'
import { reportRoutes } from './reports.ts'
import type { Config } from './config.ts'
import { controlRoutes } from './control.ts'
import { wechatRoutes } from './wechat/routes.ts'
import { createWorld } from './state/world.ts'

const BODY_BYTES_MAX = 1_000_000

export interface SimulatorOptions {
  /** Serves TLS with this key and certificate (PEM), for clients that require it. */
  readonly https?: { readonly key: string; readonly cert: string }
  readonly logger?: boolean
}

/** Adyen, WeChat's API and the WeChat cashier on one address. The caller listens and closes. */
export function createSimulator(
  config: Config,
  { https, logger = false }: SimulatorOptions = {},
): FastifyInstance {
  const options = {
    logger,
    // The URL of jscode2session holds the app secret; /simulator/messages shows the calls without
    // it.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 256 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    ...(https === undefined ? {} : { https }),
  } as const
  const app = Fastify(options)
  const world = createWorld(config)
  app.log.info(`SEED=${config.seed}`)

  app.addHook('onRequest', async (request, reply) => {
    if (isFromThisMachine(request.headers)) return
    await reply.code(403).send({ error: 'Call the simulator by its own address, from no other page.' })
  })
  app.register(async (scope) => adyenRoutes(scope, world))
  app.register(async (scope) => reportRoutes(scope, world))
  app.register(async (scope) => wechatRoutes(scope, world))
  app.register(async (scope) => controlRoutes(scope, world))
  app.setErrorHandler<Error & { statusCode?: number }>(async (error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error(error)
    return reply.code(status).send({ error: error.message })
  })
  app.setNotFoundHandler(async (request, reply) =>
    reply.code(404).send({ error: `Unknown route: ${request.method} ${request.url.split('?')[0]}` }),
  )
  app.addHook('onClose', async () => {
    world.clock.clear()
    await world.webhooks.close()
  })
  return app
}
