import {
  NotificationRecord,
  Notifications,
  NotificationsQuery,
  TestNotification,
} from '../../operators/notifications.ts'
import type { Route } from '../route.ts'

/** Operators' routes: where operators are notified. */
export const notificationRoutes = {
  listNotifications: {
    method: 'GET',
    path: '/ops/notifications',
    summary: 'List the channels for notifications, and what was sent, newest first',
    access: 'operator',
    scope: 'payments:read',
    idempotent: false,
    query: NotificationsQuery,
    status: 200,
    answer: Notifications,
    problems: ['operator_unauthenticated', 'scope_missing'],
  },
  testNotification: {
    method: 'POST',
    path: '/ops/notifications/test',
    summary: 'Send a test to a channel; the answer says whether the channel accepted it',
    access: 'operator',
    scope: 'notifications:test',
    idempotent: false,
    body: TestNotification,
    status: 200,
    answer: NotificationRecord,
    problems: ['operator_unauthenticated', 'scope_missing', 'channel_not_found'],
  },
} as const satisfies Record<string, Route>
