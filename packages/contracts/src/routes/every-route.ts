import { machineRoutes } from './machine.ts'
import { operatorRoutes } from './operator.ts'
import type { Route } from './route.ts'
import { shopperRoutes } from './shopper.ts'

/** Every route of the server. */
export const everyRoute: readonly Route[] = [machineRoutes, shopperRoutes, operatorRoutes].flatMap((table) =>
  Object.values(table),
)
