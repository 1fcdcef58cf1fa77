import { attentionRoutes } from './operator/attention.ts'
import { auditRoutes } from './operator/audit.ts'
import { catalogueRoutes } from './operator/catalogue.ts'
import { keyRoutes } from './operator/keys.ts'
import { notificationRoutes } from './operator/notifications.ts'
import { recordsRoutes } from './operator/records.ts'
import { refundRoutes } from './operator/refunds.ts'
import { settingsRoutes } from './operator/settings.ts'
import { settlementRoutes } from './operator/settlements.ts'
import { shipmentRoutes } from './operator/shipments.ts'
import { shopperRoutes } from './operator/shoppers.ts'
import { webhookRoutes } from './operator/webhooks.ts'
import type { Route } from './route.ts'

/**
 * The routes for the shop's operators. Each names the scope it requires, and each use is audited.
 */
export const operatorRoutes = {
  ...recordsRoutes,
  ...attentionRoutes,
  ...refundRoutes,
  ...webhookRoutes,
  ...shipmentRoutes,
  ...auditRoutes,
  ...keyRoutes,
  ...settingsRoutes,
  ...catalogueRoutes,
  ...settlementRoutes,
  ...notificationRoutes,
  ...shopperRoutes,
} as const satisfies Record<string, Route>
