import * as Type from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { WireItem } from '@tael/adyen'
import type { FastifyInstance, FastifyReply } from 'fastify'
import {
  type ActiveFault,
  adyenCallNames,
  faults,
  hasValidTarget,
  isFaultName,
  weChatCallNames,
} from './faults.ts'
import { ShopperName } from './openid.ts'
import { newPspReference } from './references.ts'
import { scenarios, shopperOf } from './scenarios.ts'
import type { LogEntry } from './state/call-log.ts'
import { eventDate } from './state/webhook-queue.ts'
import { reset, type World } from './state/world.ts'

/** Sixty days: longer than any delay or deadline. */
const FORWARD_MS_MAX = 60 * 24 * 60 * 60_000

/**
 * More than the whole log. A slower reader is disconnected; its EventSource reconnects and catches
 * up.
 */
const UNREAD_BYTES_MAX = 64_000_000

/** Enough for every fault of every call to have a shopper of its own. */
const FAULTS_MAX = 200

/** The events that say of a refund that its money came back to the merchant. */
const takesRefundBack: ReadonlySet<string> = new Set(['REFUND_FAILED', 'REFUNDED_REVERSED'])

const Switches = Type.Object(
  {
    scenario: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    faults: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String(),
            probability: Type.Number({ minimum: 0, maximum: 1 }),
            call: Type.Optional(
              Type.Union([...adyenCallNames, ...weChatCallNames].map((name) => Type.Literal(name))),
            ),
            shopper: Type.Optional(ShopperName),
            times: Type.Optional(Type.Integer({ minimum: 1 })),
          },
          { additionalProperties: false },
        ),
        { maxItems: FAULTS_MAX },
      ),
    ),
  },
  { additionalProperties: false },
)

/** The routes with which a playground or a test watches and controls the simulator. */
export function controlRoutes(plain: FastifyInstance, world: World): void {
  const app = plain.withTypeProvider<TypeBoxTypeProvider>()

  app.get('/simulator/scenarios', async () => ({
    scenarios: scenarios.map((scenario) => {
      const { name, digits, description } = scenario
      return { name, digits, description, shopper: shopperOf(scenario) }
    }),
    faults: Object.entries(faults).map(([name, description]) => ({ name, description })),
  }))

  const switches = (): object => ({
    scenario: world.switchboard.scenario,
    faults: world.switchboard.faults,
    seed: world.config.seed,
  })
  app.get('/simulator/scenario', async () => switches())
  app.put('/simulator/scenario', { schema: { body: Switches } }, async (request, reply) => {
    const { scenario, faults: requested = [] } = request.body
    const active: ActiveFault[] = []
    for (const { name, ...rest } of requested) {
      if (!isFaultName(name)) return reply.code(400).send({ error: `Unknown fault: ${name}` })
      if (!hasValidTarget({ name, ...rest }))
        return reply.code(400).send({ error: `Invalid target: ${name} cannot hit it` })
      active.push({ name, ...rest })
    }
    if (scenario !== undefined && !world.switchboard.setScenario(scenario))
      return reply.code(400).send({ error: `Unknown scenario: ${scenario}` })
    if (request.body.faults !== undefined) world.switchboard.setFaults(active)
    return switches()
  })

  app.post('/simulator/webhooks', { schema: { body: Type.Partial(WireItem) } }, async (request, reply) => {
    const item = world.webhooks.send({
      pspReference: newPspReference(),
      merchantAccountCode: world.config.merchantAccount,
      merchantReference: '',
      amount: { currency: 'CNY', value: 0 },
      eventCode: 'AUTHORISATION',
      eventDate: eventDate(world.clock.now()),
      success: 'true',
      ...request.body,
    })
    if (item.success === 'true' && takesRefundBack.has(item.eventCode)) world.ledger.failRefund(item)
    return reply.code(202).send(item)
  })

  app.get('/simulator/ledger', async () => ({ payments: world.ledger.report() }))

  callLogRoute(plain, world)

  const Forward = Type.Object(
    { forwardMs: Type.Integer({ minimum: 0, maximum: FORWARD_MS_MAX }) },
    { additionalProperties: false },
  )
  app.post('/simulator/clock', { schema: { body: Forward } }, async (request, reply) => {
    world.clock.forward(request.body.forwardMs)
    return reply.send({ now: new Date(world.clock.now()).toISOString() })
  })

  app.post('/simulator/idle', async () => {
    await world.clock.idle()
    return { idle: true }
  })

  app.post('/simulator/reset', async () => {
    reset(world)
    return switches()
  })
}

/** The log of every call, as JSON or as a stream. */
function callLogRoute(plain: FastifyInstance, world: World): void {
  const app = plain.withTypeProvider<TypeBoxTypeProvider>()
  const Since = Type.Object(
    { since: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })) },
    { additionalProperties: false },
  )
  app.get('/simulator/messages', { schema: { querystring: Since } }, async (request, reply) => {
    const since = Number(request.query.since ?? 0)
    if (request.headers.accept?.includes('application/json') === true)
      return { messages: world.callLog.since(0, since) }
    streamCallLog(world, reply, Number(request.headers['last-event-id'] ?? 0), since)
    return reply
  })
}

/**
 * Sends the entries after `lastId` and not before `since`, then every new one, as server-sent events
 * until the reader disconnects.
 */
function streamCallLog(world: World, reply: FastifyReply, lastId: number, since: number): void {
  reply.hijack()
  const stream = reply.raw
  const write = (entry: LogEntry): void => {
    stream.write(`id: ${entry.id}\ndata: ${JSON.stringify(entry)}\n\n`)
    if (stream.writableLength > UNREAD_BYTES_MAX) stream.destroy()
  }
  stream.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  stream.flushHeaders()
  for (const entry of world.callLog.since(Number.isInteger(lastId) ? lastId : 0, since)) write(entry)
  const unsubscribe = world.callLog.subscribe(write)
  stream.on('close', unsubscribe)
}
