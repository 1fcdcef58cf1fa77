import * as Type from '@sinclair/typebox'
import type { Route } from './route.ts'
import { WebhookAccepted, WebhookEnvelope } from '../webhooks.ts'

const Version = Type.String({ description: 'The commit that the server was built from.' })

/** The routes for a load balancer and for Adyen. */
export const machineRoutes = {
  live: {
    method: 'GET',
    path: '/health/live',
    summary: 'Check that the process runs, to restart it where it does not',
    access: 'public',
    idempotent: false,
    status: 200,
    answer: Type.Object({ status: Type.Literal('live'), version: Version }, { additionalProperties: false }),
    problems: [],
  },
  ready: {
    method: 'GET',
    path: '/health/ready',
    summary: 'Check that the server can write to its database and runs jobs, to send it requests',
    access: 'public',
    idempotent: false,
    status: 200,
    answer: Type.Object({ status: Type.Literal('ready'), version: Version }, { additionalProperties: false }),
    problems: [],
  },
  receiveAdyenWebhook: {
    method: 'POST',
    path: '/webhooks/adyen',
    summary: "Receive Adyen's standard webhooks",
    access: 'adyen',
    idempotent: false,
    body: WebhookEnvelope,
    status: 202,
    answer: WebhookAccepted,
    problems: ['webhook_unauthenticated', 'webhook_environment_mismatch'],
  },
} as const satisfies Record<string, Route>
