import * as Type from '@sinclair/typebox'
import type { Route } from './route.ts'

/** The routes for the programs that watch the server, on the operators' listener. */
export const monitoringRoutes = {
  readMetrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Read the metrics of this server in the text format of Prometheus',
    access: 'public',
    idempotent: false,
    status: 200,
    answer: Type.String(),
    answersAs: 'text/plain',
    problems: [],
  },
} as const satisfies Record<string, Route>
