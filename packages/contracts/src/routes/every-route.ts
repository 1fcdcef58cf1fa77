import { consoleRoutes } from './console.ts'
import { machineRoutes } from './machine.ts'
import { merchantRoutes } from './merchant.ts'
import { monitoringRoutes } from './monitoring.ts'
import { operatorRoutes } from './operator.ts'
import type { Route } from './route.ts'
import { shopperRoutes } from './shopper.ts'

/** The two addresses that the server listens on. The internet reaches only `public`. */
export type Listener = 'public' | 'operators'

/** The routes of each listener; neither answers those of the other. */
export const routesOf: Readonly<Record<Listener, readonly Route[]>> = {
  public: [...Object.values(machineRoutes), ...Object.values(shopperRoutes)],
  operators: [
    ...Object.values(consoleRoutes),
    ...Object.values(operatorRoutes),
    ...Object.values(merchantRoutes),
    ...Object.values(monitoringRoutes),
  ],
}

/** Every route of the server. */
export const everyRoute: readonly Route[] = [...routesOf.public, ...routesOf.operators]
