import * as Type from '@sinclair/typebox'
import type { Route } from './route.ts'
import { WebhookAccepted, WebhookEnvelope } from '../webhooks.ts'

/** The routes for a load balancer and for Adyen. */
export const machineRoutes = {
  health: {
    method: 'GET',
    path: '/health',
    summary: 'Check that the server reaches its database',
    access: 'public',
    idempotent: false,
    status: 200,
    answer: Type.Object({ status: Type.Literal('ok') }, { title: 'Health', additionalProperties: false }),
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
