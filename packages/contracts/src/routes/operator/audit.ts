import { AuditQuery, AuditRecords } from '../../operators/audit.ts'
import type { Route } from '../route.ts'

/** Operators' routes: what operators did. */
export const auditRoutes = {
  listAudit: {
    method: 'GET',
    path: '/ops/audit',
    summary: 'List what operators and merchants did, newest first',
    access: 'operator',
    scope: 'audit:read',
    idempotent: false,
    query: AuditQuery,
    status: 200,
    answer: AuditRecords,
    problems: ['operator_unauthenticated', 'scope_missing'],
  },
} as const satisfies Record<string, Route>
