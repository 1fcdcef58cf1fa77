import { Readable } from 'node:stream'
import { mediaTypeOf, operatorRoutes, REPORT_BYTES_MAX, type Settlement } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import type { Api } from '../http/api.ts'
import { claimKey } from '../http/idempotency.ts'
import { readMoment } from '../http/moment.ts'
import { HttpProblem } from '../http/problem.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { handleDifference } from './handle-difference.ts'
import { compareAgain, keepSettlement, type WantedPeriod } from './keep.ts'
import { ReportError } from './read-report.ts'
import { receiveReport, type ReceivedReport, ReportTooLargeError } from './receive-report.ts'
import { findSettlement, findSettlementRecord, listSettlements } from './records.ts'

/** Settlement reports: operators upload and compare them, and read and handle the differences. */
export function serveSettlements(api: Api, { db, config }: Pick<Context, 'db' | 'config'>): void {
  serveUploads(api, { db, config })

  api.route({
    ...serve(operatorRoutes.compareSettlement),
    handler: async (request) => {
      const { settlementId } = request.params
      const action = operatorAction(request, 'settlement.keep')
      const claim = {
        callerId: action.actor,
        key: request.headers['idempotency-key'],
        route: operatorRoutes.compareSettlement,
        body: { settlementId, ...request.body },
      }
      const period = readPeriod('body', request.body)
      const id = await compareAgain(db, action, settlementId, period, (trx, newId) =>
        claimKey(trx, claim, newId),
      ).catch(throwAsProblem)
      if (id === undefined) throw unknownSettlement()
      return readSettlement(db, id)
    },
  })

  api.route({
    ...serve(operatorRoutes.listSettlements),
    handler: async (request) => {
      await recordAction(db, { ...operatorAction(request, 'settlements.list'), detail: request.query })
      return listSettlements(db, request.query)
    },
  })

  api.route({
    ...serve(operatorRoutes.getSettlement),
    handler: async (request) => {
      const { settlementId } = request.params
      await recordAction(db, operatorAction(request, 'settlement.read', settlementId))
      const found = await findSettlementRecord(db, settlementId, request.query)
      if (found === undefined) throw unknownSettlement()
      return found
    },
  })

  api.route({
    ...serve(operatorRoutes.handleDifference),
    handler: async (request) => {
      const action = operatorAction(request, 'settlement.handle')
      const handled = await inTransaction(db, (trx) =>
        handleDifference(trx, action, request.params, request.body.note),
      )
      if (handled === undefined)
        throw new HttpProblem(
          'difference_not_found',
          'Check the result and the number: there is no such difference.',
        )
      if (!handled.isFirst)
        throw new HttpProblem(
          'difference_handled',
          'Read the difference again: it has the note of who handled it.',
        )
      return handled.difference
    },
  })
}

/** The upload of a report. Only here is a body CSV, and larger than those of every other route. */
function serveUploads(api: Api, { db, config }: Pick<Context, 'db' | 'config'>): void {
  const { merchantAccount } = config.adyen
  void api.register(async (uploads: Api) => {
    uploads.removeAllContentTypeParsers()
    uploads.addContentTypeParser(mediaTypeOf(operatorRoutes.keepSettlement), (_request, stream, done) =>
      done(null, stream),
    )
    uploads.route({
      ...serve(operatorRoutes.keepSettlement),
      bodyLimit: REPORT_BYTES_MAX,
      handler: async (request) => {
        const { name, from, to } = request.query
        const action = operatorAction(request, 'settlement.keep')
        const period = readPeriod('query', { from, to })
        const size = Number(request.headers['content-length'] ?? 0)
        if (size > REPORT_BYTES_MAX) throw tooLarge()
        const report = await receiveUpload(name, request.body)
        const kept = { merchantAccount, report, period }
        return readSettlement(db, await keepSettlement(db, action, kept).catch(throwAsProblem))
      },
    })
  })
}

async function receiveUpload(name: string, body: unknown): Promise<ReceivedReport> {
  if (!(body instanceof Readable))
    throw new HttpProblem('validation_failed', 'Send the report as the body, as text/csv.')
  try {
    return await receiveReport(name, body)
  } catch (error) {
    if (error instanceof ReportTooLargeError) throw tooLarge()
    if (!body.readableAborted) throw error
    throw new HttpProblem('validation_failed', 'Send the whole report: the connection ended before.')
  }
}

function tooLarge(): HttpProblem {
  return new HttpProblem('payload_too_large', `Send a report of at most ${REPORT_BYTES_MAX} bytes.`)
}

function unknownSettlement(): HttpProblem {
  return new HttpProblem('settlement_not_found', 'Check the id: this settlement result does not exist.')
}

async function readSettlement(db: Db, id: string): Promise<Settlement> {
  const found = await findSettlement(db, id)
  if (found === undefined) throw new Error(`The settlement result ${id} does not exist.`)
  return found
}

function readPeriod(
  where: 'query' | 'body',
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
): WantedPeriod {
  const period = { from: readMoment('from', from, where), to: readMoment('to', to, where) }
  if (period.from === undefined || period.to === undefined || period.from < period.to) return period
  const errors = [{ path: `${where}/to`, message: 'must be later than from' }]
  throw new HttpProblem('validation_failed', 'Send a period that ends after it begins.', { errors })
}

function throwAsProblem(error: unknown): never {
  if (!(error instanceof ReportError)) throw error
  throw new HttpProblem('report_unreadable', `Send a Settlement details report, as CSV: ${error.message}`)
}
