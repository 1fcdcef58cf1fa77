import {
  AssignAttention,
  AttentionList,
  AttentionQuery,
  HandleAttention,
  NoteAttention,
} from '../../operators/attention.ts'
import { Done } from '../../sessions.ts'
import type { Route } from '../route.ts'

/** Operators' routes: what needs an operator, who owns it and what was done. */
export const attentionRoutes = {
  listAttention: {
    method: 'GET',
    path: '/ops/attention',
    summary: 'List what needs attention, gravest first',
    access: 'operator',
    scope: 'payments:read',
    idempotent: false,
    query: AttentionQuery,
    status: 200,
    answer: AttentionList,
    problems: ['operator_unauthenticated', 'scope_missing'],
  },
  handleAttention: {
    method: 'POST',
    path: '/ops/attention/handled',
    summary: 'Mark an item as handled; it is listed again only if it changes',
    access: 'operator',
    scope: 'attention:write',
    idempotent: false,
    body: HandleAttention,
    status: 200,
    answer: Done,
    problems: ['operator_unauthenticated', 'scope_missing', 'attention_not_found', 'attention_changed'],
  },
  assignAttention: {
    method: 'PUT',
    path: '/ops/attention/owner',
    summary: 'Take an item, or release it',
    access: 'operator',
    scope: 'attention:write',
    idempotent: false,
    body: AssignAttention,
    status: 200,
    answer: Done,
    problems: [
      'operator_unauthenticated',
      'scope_missing',
      'attention_not_found',
      'attention_changed',
      'attention_assigned',
    ],
  },
  noteAttention: {
    method: 'POST',
    path: '/ops/attention/notes',
    summary: 'Add a note to an item, which stays open',
    access: 'operator',
    scope: 'attention:write',
    idempotent: false,
    body: NoteAttention,
    status: 200,
    answer: Done,
    problems: ['operator_unauthenticated', 'scope_missing', 'attention_not_found', 'attention_changed'],
  },
} as const satisfies Record<string, Route>
