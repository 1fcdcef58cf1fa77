import path from 'node:path'
import { installExistingShop } from './existing-shop.ts'
import { startStack } from './index.ts'
import { demoPorts, print, runDemo } from './run-demo.ts'

/** `pnpm demo:existing-shop`: installs the example outside the repository, and starts it with Tael. */
print('Packing, installing the shop with npm, and starting it with Tael ...')
await runDemo(
  async (folder) => {
    const existingShop = await installExistingShop(path.join(folder, 'shop'))
    const server = { DATA_DIR: path.join(folder, 'postgres') }
    return startStack({ server, ports: demoPorts, existingShop })
  },
  (stack, folder) => `
  Open  ${stack.playground.url}

  The phone runs the Mini Program of a shop that has its own server and orders.
  Tael takes the payment and reports it to the shop by a signed event. No money
  moves: Adyen and WeChat are simulated.

  shop       ${stack.shop?.url ?? ''}  (its orders: ${path.join(folder, 'shop', 'shop.db')})
  server     ${stack.server.url}
  merchant   ${stack.server.operatorsUrl}/merchant  (API description: /merchant/openapi.json)
  simulator  ${stack.simulator.url}
  docs       ${stack.playground.url}/docs/existing-shop.html

  Ctrl-C stops everything; the next demo starts from scratch.
`,
)
