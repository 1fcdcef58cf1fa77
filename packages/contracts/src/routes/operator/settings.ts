import { Settings } from '../../operators/settings.ts'
import type { Route } from '../route.ts'

/** Operators' routes: what is configured, without secrets. */
export const settingsRoutes = {
  getSettings: {
    method: 'GET',
    path: '/ops/settings',
    summary: 'Get what is configured, without secrets',
    access: 'operator',
    scope: 'payments:read',
    idempotent: false,
    status: 200,
    answer: Settings,
    problems: ['operator_unauthenticated', 'scope_missing'],
  },
} as const satisfies Record<string, Route>
