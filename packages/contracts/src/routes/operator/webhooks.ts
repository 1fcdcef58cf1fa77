import * as Type from '@sinclair/typebox'
import {
  WebhookId,
  WebhookRecord,
  WebhookRecordInFull,
  WebhookRecords,
  WebhookRecordsQuery,
} from '../../operators/webhooks.ts'
import type { Route } from '../route.ts'

/** Operators' routes: the inbox of Adyen's webhooks. */
export const webhookRoutes = {
  listWebhooks: {
    method: 'GET',
    path: '/ops/webhooks',
    summary: "List the inbox of Adyen's webhook items, newest first",
    access: 'operator',
    scope: 'payments:read',
    idempotent: false,
    query: WebhookRecordsQuery,
    status: 200,
    answer: WebhookRecords,
    problems: ['operator_unauthenticated', 'scope_missing'],
  },
  getWebhook: {
    method: 'GET',
    path: '/ops/webhooks/:webhookId',
    summary: 'Get a webhook item with the values that Adyen sent',
    access: 'operator',
    scope: 'payments:read',
    idempotent: false,
    params: Type.Object({ webhookId: WebhookId }),
    status: 200,
    answer: WebhookRecordInFull,
    problems: ['operator_unauthenticated', 'scope_missing', 'webhook_not_found'],
  },
  replayWebhook: {
    method: 'POST',
    path: '/ops/webhooks/:webhookId/replay',
    summary: 'Apply a webhook item again: adds what is missing and changes nothing else',
    access: 'operator',
    scope: 'webhooks:replay',
    idempotent: false,
    params: Type.Object({ webhookId: WebhookId }),
    status: 200,
    answer: WebhookRecord,
    problems: ['operator_unauthenticated', 'scope_missing', 'webhook_not_found', 'webhook_not_applicable'],
  },
} as const satisfies Record<string, Route>
