import { machineRoutes } from './machine-routes.ts'
import { operatorRoutes } from './operator-routes.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'

/** Every route the merchant server serves, whoever may call it. */
export const everyRoute: readonly Route[] = [machineRoutes, routes, operatorRoutes].flatMap((table) =>
  Object.values(table),
)
