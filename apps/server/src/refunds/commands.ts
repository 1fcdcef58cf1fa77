import { parseArgs } from 'node:util'
import {
  chosenRefundReasons,
  CreateRefund,
  DeclineRefund,
  formatAmount,
  IdempotencyKeyHeader,
  operatorRoutes,
  RefundProposalsQuery,
  RefundRecordsQuery,
  RejectRefund,
  ResendRefund,
} from '@tael/contracts'
import { commandActor, commandOperator, recordAction } from '../audit/record-action.ts'
import { parseAmount } from '../cli/amount.ts'
import { checkOptions } from '../cli/body.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase, withJobQueue } from '../cli/database.ts'
import { describeOptions, readQuery } from '../cli/query.ts'
import { readDatabase, readEnvironment } from '../config.ts'
import { createRefund } from './create.ts'
import { confirmRefund, rejectRefund } from './decide.ts'
import { declineRefund } from './decline.ts'
import { listRefundRecords } from './list.ts'
import { listRefundProposals, toRefundProposal } from './proposals.ts'
import { resendRefund } from './resend.ts'
import { toCreatedRefund, toOperatorRefund } from './view.ts'

/** Whoever can run a command has no limit: they reach the database. */
const refunder = () => ({ ...commandOperator(), refundLimit: null })

function onlyId(positionals: readonly string[], what: string): string {
  const [id, more] = positionals
  if (id === undefined || more !== undefined) throw new CommandError('usage', `Name one ${what} by its id.`)
  return id
}

const keyOption = `  --key      names this request: with the same key it is made once, however often the command is run`

function parseKey(key: string | undefined): string {
  return checkOptions(IdempotencyKeyHeader, { 'idempotency-key': key ?? crypto.randomUUID() })[
    'idempotency-key'
  ]
}

export const refundCommand: Command = {
  name: 'refund',
  summary: 'refund a payment, whole or in part',
  usage: `<payment> --amount <amount> --reason <reason> [--note <text>] [--key <text>]

  <payment>  the id of the payment
  --amount   such as "15.00 CNY"
  --reason   ${chosenRefundReasons.join(', ')}
  --note     for other operators, up to 500 characters; the reason other needs it
${keyOption}`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        amount: { type: 'string' },
        reason: { type: 'string' },
        note: { type: 'string' },
        key: { type: 'string' },
      },
    })
    const paymentId = onlyId(positionals, 'payment')
    const { amount = '', reason, note } = values
    const body = checkOptions(CreateRefund, { amount: parseAmount('--amount', amount), reason, note })
    const request = { route: operatorRoutes.createRefund, key: parseKey(values.key) }
    const action = { actor: commandActor(), action: 'refund.create', subject: paymentId }
    const created = await withJobQueue(readEnvironment(environment, readDatabase), (context) =>
      createRefund(context, action, refunder(), request, paymentId, body),
    )
    const view = toCreatedRefund(created)
    if (view.state !== 'requested') throw new Error('A command has no limit.')
    print(`${view.refund.id} is ${view.refund.status}: ${formatAmount(view.refund.amount)}\n`)
    return 'success'
  },
}

export const refundsCommand: Command = {
  name: 'refunds',
  summary: 'list refunds, newest first',
  usage: `${describeOptions(RefundRecordsQuery)} [--json]

  --status    requested, received, refunded or failed
  --reason    as refund --help lists them, or merchant, surplus, customer_area, unstated
  --from, --to  such as 2026-11-27, in UTC
  --before    the last one of the page before
  --json      JSON, as GET /ops/refunds answers it`,

  async run(args, { environment, print }) {
    const { query, json } = readQuery(args, RefundRecordsQuery)
    const page = await withDatabase(readEnvironment(environment, readDatabase), async (db) => {
      await recordAction(db, { actor: commandActor(), action: 'refunds.list', detail: query })
      return listRefundRecords(db, query)
    })
    if (json) print(`${JSON.stringify(page, undefined, 2)}\n`)
    else
      for (const { id, createdAt, status, amount, reason, orderNumber, requestedBy, note } of page.refunds)
        print(
          `${id}  ${createdAt}  ${status}  ${formatAmount(amount)}  order ${orderNumber}  ${reason}${describe(requestedBy?.name, note)}\n`,
        )
    return 'success'
  },
}

/** ` by Olga: a note`, where there are such. */
function describe(name: string | undefined, note: string | null): string {
  return `${name === undefined ? '' : ` by ${name}`}${note === null ? '' : `: ${note}`}`
}

export const refundProposalsCommand: Command = {
  name: 'refund-proposals',
  summary: 'list the refunds above the limit of a key, newest first',
  usage: `${describeOptions(RefundProposalsQuery)} [--json]

  --state     awaiting, confirmed, rejected or expired
  --before    the last one of the page before
  --json      JSON, as GET /ops/refund-proposals answers it`,

  async run(args, { environment, print }) {
    const { query, json } = readQuery(args, RefundProposalsQuery)
    const page = await withDatabase(readEnvironment(environment, readDatabase), async (db) => {
      await recordAction(db, { actor: commandActor(), action: 'refunds.proposals.list', detail: query })
      return listRefundProposals(db, query)
    })
    if (json) print(`${JSON.stringify(page, undefined, 2)}\n`)
    else
      for (const {
        refundId,
        proposedAt,
        state,
        amount,
        orderNumber,
        reason,
        proposedBy,
        note,
      } of page.proposals)
        print(
          `${refundId}  ${proposedAt}  ${state}  ${formatAmount(amount)}  order ${orderNumber}  ${reason}${describe(proposedBy.name, note)}\n`,
        )
    return 'success'
  },
}

export const confirmRefundCommand: Command = {
  name: 'confirm-refund',
  summary: "confirm a refund above the limit of another operator's key, which requests it",
  usage: `<refund>

  <refund>   the id that refund-proposals shows`,

  async run(args, { environment, print }) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
    const refundId = onlyId(positionals, 'proposed refund')
    const action = { actor: commandActor(), action: 'refund.confirm', subject: refundId }
    const refund = await withJobQueue(readEnvironment(environment, readDatabase), (context) =>
      confirmRefund(context, action, refunder(), refundId),
    )
    const { status, amount } = toOperatorRefund(refund)
    print(`${refundId} is ${status}: ${formatAmount(amount)}\n`)
    return 'success'
  },
}

export const rejectRefundCommand: Command = {
  name: 'reject-refund',
  summary: 'reject a refund above the limit of a key',
  usage: `<refund> --note <text>

  <refund>   the id that refund-proposals shows
  --note     why, up to 500 characters`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { note: { type: 'string' } },
    })
    const refundId = onlyId(positionals, 'proposed refund')
    const { note } = checkOptions(RejectRefund, values)
    const action = { actor: commandActor(), action: 'refund.reject', subject: refundId }
    const proposal = await withDatabase(readEnvironment(environment, readDatabase), (db) =>
      rejectRefund(db, action, refunder(), refundId, note),
    )
    print(`${refundId} is ${toRefundProposal(proposal).state}\n`)
    return 'success'
  },
}

export const declineRefundCommand: Command = {
  name: 'decline-refund',
  summary: 'decline the refund that the shopper of an order requested',
  usage: `<order> --reason <text>

  <order>    the id of the order
  --reason   for the shopper, who reads it with the order; up to 200 characters`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { reason: { type: 'string' } },
    })
    const orderId = onlyId(positionals, 'order')
    const { reason } = checkOptions(DeclineRefund, values)
    const action = { actor: commandActor(), action: 'refund.decline', subject: orderId }
    const { at } = await withDatabase(readEnvironment(environment, readDatabase), (db) =>
      declineRefund(db, action, orderId, reason),
    )
    print(`the refund of ${orderId} was declined ${at}\n`)
    return 'success'
  },
}

export const resendRefundCommand: Command = {
  name: 'resend-refund',
  summary: 'send a refund to Adyen again, after its call ended without an outcome',
  usage: `<refund> --note <text> [--key <text>]

  <refund>   the id of the refund
  --note     what you found at Adyen, up to 500 characters
${keyOption}

Look it up in the Customer Area before: if it was made there, it would be made twice.`,

  async run(args, { environment, print }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { note: { type: 'string' }, key: { type: 'string' } },
    })
    const refundId = onlyId(positionals, 'refund')
    const body = checkOptions(ResendRefund, { note: values.note })
    const key = parseKey(values.key)
    const action = { actor: commandActor(), action: 'refund.resend', subject: refundId }
    await withJobQueue(readEnvironment(environment, readDatabase), (context) =>
      resendRefund(context, action, key, refundId, body),
    )
    print(`${refundId} is sent again\n`)
    return 'success'
  },
}
