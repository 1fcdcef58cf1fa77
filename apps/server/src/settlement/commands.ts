import { createReadStream } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { SettlementSummary } from '@tael/contracts'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { parseTime } from '../cli/time.ts'
import { readDatabase, readMerchantAccount, readEnvironment } from '../config.ts'
import type { Db } from '../db/database.ts'
import { inSnapshot, inTransaction } from '../db/transaction.ts'
import { formatJson, formatText } from './format.ts'
import { compareReports } from './compare.ts'
import { handleDifference } from './handle-difference.ts'
import { compareAgain, keepSettlement, type WantedPeriod } from './keep.ts'
import { ReportError, ReportFileError, type ReportSource, toFileError } from './read-report.ts'
import { receiveReport, ReportTooLargeError } from './receive-report.ts'
import { findSettlement, findSettlementRecord, listSettlements } from './records.ts'

export const settlementCommand: Command = {
  name: 'settlement',
  summary: "compare Adyen's Settlement details reports with our payments and refunds",
  usage: `<report.csv> ... [--from <time>] [--to <time>] [--json] [--keep]

Compares Adyen's Settlement details reports with our payments and refunds, and lists what is missing
on either side. It changes nothing. The exit code is 0 where both agree and 1 where they differ.

  <report.csv>   the report of one batch; several are read as one
  --from, --to   the period whose payments and refunds must be in the report, such as
                 2026-06-01T00:00:00+08:00; without it from the first Creation Date to the last
  --json         print JSON
  --keep         keep the report and the result, which list-settlements and show-settlement print; one
                 report. The same file again leads to the result that was kept`,

  async run(args, { environment, print }) {
    const { values, positionals: files } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
      },
    })
    const [first, more] = files
    if (first === undefined) throw new CommandError('usage', 'Name a report.')
    const period = parsePeriod(values)
    const { database, merchantAccount } = readEnvironment(environment, (read) => ({
      database: readDatabase(read),
      merchantAccount: readMerchantAccount(read),
    }))
    if (values.keep === true) {
      if (more !== undefined) throw new CommandError('usage', 'Name one report to keep.')
      return withDatabase(database, async (db) => {
        const id = await keepFile(db, merchantAccount, first, period)
        return printSettlement(db, id, { print, json: values.json === true })
      })
    }
    const found = await withDatabase(database, (db) =>
      inSnapshot(db, (trx) =>
        compareReports(trx, { reports: files.map(fileSource), merchantAccount, ...period }),
      ).catch(throwAsCommandError),
    )
    print(values.json === true ? formatJson(found) : formatText(found))
    return found.differences.length === 0 ? 'success' : 'differences'
  },
}

export const listSettlementsCommand: Command = {
  name: 'list-settlements',
  summary: 'list the newest kept results of settlement reports',
  usage: '[--before <id>]\n\n  --before   those before this one',

  async run(args, { environment, print }) {
    const { values } = parseArgs({ args: [...args], options: { before: { type: 'string' } } })
    const { before } = values
    const query = before === undefined ? {} : { before }
    const { settlements } = await withDatabase(readEnvironment(environment, readDatabase), async (db) => {
      await recordAction(db, { actor: commandActor(), action: 'settlements.list', detail: query })
      return listSettlements(db, query)
    })
    for (const one of settlements) print(`${describeSummary(one)}\n`)
    return 'success'
  },
}

export const showSettlementCommand: Command = {
  name: 'show-settlement',
  summary: 'print a kept result with its differences, compare its report again, or handle a difference',
  usage: `<id> [--json] [--compare | --handle <number> --note <text>]

  <id>        the id that list-settlements shows
  --json      print JSON, as GET /ops/settlements/:settlementId answers it
  --compare   compare the report with today's records and keep that result too, which is printed
  --handle    mark the difference of this number as handled
  --note      what was done about it

The exit code is 1 where a difference is open.`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        compare: { type: 'boolean' },
        handle: { type: 'string' },
        note: { type: 'string' },
      },
    })
    const [id, more] = positionals
    if (id === undefined || more !== undefined) throw new CommandError('usage', 'Name one result by its id.')
    const { handle, compare = false, json = false } = values
    return withDatabase(readEnvironment(environment, readDatabase), async (db) => {
      if (handle !== undefined) await handleOne(db, id, handle, values.note)
      const shown = compare ? await compareOne(db, id) : id
      if (!compare) await recordAction(db, { actor: commandActor(), action: 'settlement.read', subject: id })
      return printSettlement(db, shown, { print, json })
    })
  },
}

async function keepFile(
  db: Db,
  merchantAccount: string,
  file: string,
  period: WantedPeriod,
): Promise<string> {
  try {
    const report = await receiveReport(path.basename(file), createReadStream(file)).catch(
      (error: unknown) => {
        throw toFileError(error)
      },
    )
    return await keepSettlement(db, { actor: commandActor() }, { merchantAccount, report, period })
  } catch (error) {
    return throwAsCommandError(error)
  }
}

/** A command is not repeated by a key. */
const useNewId = async (_trx: unknown, newId: string): Promise<string> => newId

async function compareOne(db: Db, id: string): Promise<string> {
  const period = { from: undefined, to: undefined }
  const compared = await compareAgain(db, { actor: commandActor() }, id, period, useNewId).catch(
    throwAsCommandError,
  )
  if (compared === undefined) throw unknown(id)
  return compared
}

async function handleOne(db: Db, settlementId: string, given: string, note = ''): Promise<void> {
  if (!/^[1-9]\d{0,8}$/.test(given))
    throw new CommandError('usage', '--handle must be the number of a difference.')
  if (note.trim() === '') throw new CommandError('usage', 'Say what was done: --note is missing.')
  const which = { settlementId, number: Number(given) }
  const by = { actor: commandActor() }
  const handled = await inTransaction(db, (trx) => handleDifference(trx, by, which, note.trim()))
  if (handled === undefined) throw new CommandError('data', `${settlementId} has no difference ${given}.`)
  if (!handled.isFirst)
    throw new CommandError(
      'data',
      `The difference ${given} was handled before: ${handled.difference.handled?.note}`,
    )
}

const unknown = (id: string): CommandError =>
  new CommandError('data', `The settlement result ${id} does not exist.`)

interface Output {
  readonly print: (text: string) => void
  readonly json: boolean
}

/** Prints a kept result with all of its differences. */
async function printSettlement(
  db: Db,
  id: string,
  { print, json }: Output,
): Promise<'success' | 'differences'> {
  const settlement = await findSettlement(db, id)
  if (settlement === undefined) throw unknown(id)
  const differences = []
  for (let after: number | null = 0; after !== null;) {
    const page = await findSettlementRecord(db, id, { after, limit: 100 })
    differences.push(...(page?.differences ?? []))
    after = page?.next ?? null
  }
  if (json) print(`${JSON.stringify({ settlement, differences, next: null }, undefined, 2)}\n`)
  else {
    print(`${describeSummary(settlement)}\n`)
    for (const { number, text, handled, added } of differences) {
      const state = handled === null ? '' : `  handled by ${handled.by}: ${handled.note}`
      print(`  ${number}${added ? ' (new)' : ''}  ${text}${state}\n`)
    }
  }
  return settlement.open === 0 ? 'success' : 'differences'
}

function describeSummary(one: SettlementSummary): string {
  const { added, gone } = one
  const changes =
    added === null || gone === null ? '' : `, ${added} new and ${gone} gone since the result before`
  return [
    one.id,
    one.comparedAt,
    one.report.name,
    ...(one.report.batch === null ? [] : [`batch ${one.report.batch}`]),
    `${one.differences} differences, ${one.open} open${changes}`,
    ...(one.nextId === null ? [] : [`replaced by ${one.nextId}`]),
  ].join('  ')
}

function fileSource(name: string): ReportSource {
  return { name, open: () => createReadStream(name) }
}

function parsePeriod(values: { from?: string | undefined; to?: string | undefined }): WantedPeriod {
  const from = parseTime('--from', values.from)
  const to = parseTime('--to', values.to)
  if (from !== undefined && to !== undefined && from >= to)
    throw new CommandError('usage', '--to must be later than --from.')
  return { from, to }
}

/** Throws an error of a report as one for the operator, and any other as it is. */
function throwAsCommandError(error: unknown): never {
  if (error instanceof ReportError || error instanceof ReportTooLargeError)
    throw new CommandError('data', error.message)
  if (error instanceof ReportFileError) throw new CommandError('noInput', error.message)
  throw error
}
