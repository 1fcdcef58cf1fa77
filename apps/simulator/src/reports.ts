import { pipeline, Readable } from 'node:stream'
import * as Type from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { settlementReport } from './settlement-report.ts'
import { eventDate } from './state/webhook-queue.ts'
import type { World } from './state/world.ts'

/** Larger than any report that a reader should take. */
const HUGE_BYTES = 60_000_000
const HUGE_CHUNK = Buffer.alloc(1_000_000, 'x')

/** Where Adyen serves the reports of a merchant account. */
const REPORTS_PATH = '/reports/download/MerchantAccount'

/** The file of the settlement details report of a batch. */
const fileOf = (batch: string): string => `settlement_detail_report_batch_${batch}.csv`

/** Which report to announce. */
const Announced = Type.Object(
  { batch: Type.Optional(Type.String({ pattern: '^\\d{1,9}$' })) },
  { additionalProperties: false },
)

/** Adyen's reports, for a report user's key: the settlement details report of any batch, as it is now; and
 * what a playground or a test announces and downloads without one. */
export function reportRoutes(plain: FastifyInstance, world: World): void {
  const app = plain.withTypeProvider<TypeBoxTypeProvider>()

  app.get('/simulator/settlement.csv', async (_request, reply) =>
    reply.type('text/csv; charset=utf-8').send(settlementReport(world)),
  )

  app.post('/simulator/reports', { schema: { body: Announced } }, async (request, reply) =>
    reply.code(202).send(announceReport(world, `http://${request.host}`, request.body.batch ?? '1')),
  )

  app.get<{ Params: { account: string; file: string } }>(
    `${REPORTS_PATH}/:account/:file`,
    async (request, reply) => {
      const { account, file } = request.params
      const key = request.headers['x-api-key']
      const logAnswer = world.callLog.logRequest('server', 'adyen', {
        label: `GET ${file}`,
        headers: { 'x-api-key': typeof key === 'string' ? key : '' },
        body: undefined,
      })
      const fault = world.switchboard.reportFault()
      const batch = /^settlement_detail_report_batch_(\d+)\.csv$/.exec(file)?.[1]
      const refuse = (status: number): FastifyReply => {
        logAnswer({ label: `${status}`, status, body: '' })
        return reply.code(status).send('')
      }
      if (key === undefined || key !== world.config.reportApiKey || fault === 'report_refused')
        return refuse(401)
      if (account !== world.config.merchantAccount) return refuse(403)
      if (batch === undefined || fault === 'report_missing') return refuse(404)
      if (fault === 'report_redirected') {
        void reply.header('location', 'https://elsewhere.example/')
        return refuse(302)
      }
      const csv = settlementReport(world, batch)
      if (fault === 'report_cut_off' || fault === 'report_huge') {
        logAnswer({ label: fault === 'report_huge' ? '200 huge report' : '200 cut off', status: 200 })
        reply.hijack()
        if (fault === 'report_cut_off') cutOff(request, reply, csv)
        else sendHuge(reply)
        return reply
      }
      logAnswer({ label: '200 report', status: 200, body: csv })
      return reply.type('text/csv; charset=utf-8').send(csv)
    },
  )
}

/** Sends the first half, and cuts the connection. */
function cutOff({ raw: { socket } }: FastifyRequest, { raw }: FastifyReply, csv: string): void {
  raw.writeHead(200, { 'content-type': 'text/csv', 'content-length': Buffer.byteLength(csv) })
  raw.write(csv.slice(0, Math.floor(csv.length / 2)), () => socket.destroy())
}

/** Sends more than its reader should take, as fast as that one reads. */
function sendHuge({ raw }: FastifyReply): void {
  raw.writeHead(200, { 'content-type': 'text/csv' })
  // A reader who leaves before the end does what this is there for.
  pipeline(Readable.from(hugeReport()), raw, () => undefined)
}

function* hugeReport(): Generator<Buffer> {
  for (let sent = 0; sent < HUGE_BYTES; sent += HUGE_CHUNK.length) yield HUGE_CHUNK
}

/** Announces the report of a batch at an address of this simulator, as REPORT_AVAILABLE does. */
function announceReport(world: World, origin: string, batch: string): object {
  const { merchantAccount } = world.config
  const file = fileOf(batch)
  return world.webhooks.send({
    pspReference: file,
    originalReference: '',
    merchantAccountCode: merchantAccount,
    merchantReference: '',
    amount: { currency: 'EUR', value: 0 },
    eventCode: 'REPORT_AVAILABLE',
    eventDate: eventDate(world.clock.now()),
    reason: `${origin}${REPORTS_PATH}/${merchantAccount}/${file}`,
    success: 'true',
  })
}
