import * as Type from '@sinclair/typebox'
import { Id } from '../../id.ts'
import { CreatedKey, CreateKey, KeyRecord, KeyRecords } from '../../operators/keys.ts'
import type { Route } from '../route.ts'

/** Operators' routes: the keys of operators and of merchants' backends. */
export const keyRoutes = {
  listKeys: {
    method: 'GET',
    path: '/ops/keys',
    summary: 'List every key, newest first, without secrets',
    access: 'operator',
    scope: 'keys:write',
    idempotent: false,
    status: 200,
    answer: KeyRecords,
    problems: ['operator_unauthenticated', 'scope_missing'],
  },
  createKey: {
    method: 'POST',
    path: '/ops/keys',
    summary: 'Create a key, whose secret is shown only here',
    access: 'operator',
    scope: 'keys:write',
    idempotent: false,
    body: CreateKey,
    status: 201,
    answer: CreatedKey,
    problems: ['operator_unauthenticated', 'scope_missing', 'scope_not_held'],
  },
  revokeKey: {
    method: 'POST',
    path: '/ops/keys/:keyId/revoke',
    summary: 'Revoke a key immediately; one that is revoked stays so',
    access: 'operator',
    scope: 'keys:write',
    idempotent: false,
    params: Type.Object({ keyId: Id }),
    status: 200,
    answer: KeyRecord,
    problems: ['operator_unauthenticated', 'scope_missing', 'key_not_found'],
  },
} as const satisfies Record<string, Route>
