import { ReportUnavailableError } from '../adyen-reports/client.ts'
import type { Context } from '../context.ts'
import type { JobData } from '../jobs/register.ts'
import { markItem } from '../webhooks/inbox.ts'
import { keepSettlement } from './keep.ts'
import { ReportError } from './read-report.ts'
import { receiveReport, ReportTooLargeError } from './receive-report.ts'

/**
 * Downloads the report that a webhook item announces, compares it with our records and keeps the result. Where that
 * fails the item needs attention until it succeeds: the job is retried, and an operator may replay the item. Only a report
 * that will never be readable is not retried.
 */
export async function fetchReport(
  { db, log, config, reports }: Pick<Context, 'db' | 'log' | 'config' | 'reports'>,
  { webhookId }: JobData['fetch-report'],
): Promise<void> {
  if (reports === undefined) throw new Error('This server has no key to download reports with.')
  const { psp_reference: file, item } = await db
    .selectFrom('webhook_items')
    .select(['psp_reference', 'item'])
    .where('id', '=', webhookId)
    .executeTakeFirstOrThrow()
  const { reason: url } = item
  const { merchantAccount } = config.adyen
  try {
    const report = await reports.download(String(url), (body) => receiveReport(file, body))
    const period = { from: undefined, to: undefined }
    const settlementId = await keepSettlement(db, { actor: 'adyen' }, { merchantAccount, report, period })
    await markItem(db, webhookId, { state: 'stored' })
    log.info({ webhookId, file, settlementId }, 'a settlement report was fetched')
  } catch (error) {
    const isFinal = error instanceof ReportError || error instanceof ReportTooLargeError
    if (!isFinal && !(error instanceof ReportUnavailableError)) throw error
    const attention = `the report ${file} was not fetched: ${error.message}`
    await markItem(db, webhookId, { state: 'attention', attention })
    log.error({ webhookId, file, reason: error.message }, 'a settlement report was not fetched')
    if (!isFinal) throw error
  }
}
