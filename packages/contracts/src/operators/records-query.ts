import * as Type from '@sinclair/typebox'
import { Id } from '../id.ts'

/** The most orders or payments in one page of a list. */
export const RECORDS_PAGE_MAX = 100

/** A day or a moment, as `2026-11-27` (from its first moment in UTC) or with a time. */
export const moment = (description: string) =>
  Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?Z)?$',
    maxLength: 24,
    description,
  })

/** The parts of a query that every list of records has: newest first, a page at a time. */
export const recordsQuery = {
  from: Type.Optional(moment('Created at this moment or later.')),
  to: Type.Optional(moment('Created before this moment.')),
  /** The `next` of the page before. */
  before: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: RECORDS_PAGE_MAX, default: 50 })),
}
