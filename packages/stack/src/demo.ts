import { seedHistory } from './demo-history.ts'
import { createDemoOperator, type Environment, startStack } from './index.ts'
import { demoPorts, print, runDemo } from './run-demo.ts'
import { SimulatedShop } from './simulated-shop.ts'

/** `pnpm demo`: starts all of Tael on this machine and prints the address to open. */
print('Starting PostgreSQL, the simulator, the server and the playground ...')
await runDemo(
  async (folder) => {
    const stack = await startStack({
      server: { ...merchantSettings(), DATA_DIR: folder },
      ports: demoPorts,
    })
    const operator = await createDemoOperator({ DATA_DIR: folder }, 'Demo operator')
    await seedHistory(new SimulatedShop(stack), operator.key)
    return { ...stack, operator }
  },
  (stack, folder) => `
  Open  ${stack.playground.url}

  The phone runs the Mini Program; the diagram beside it shows every call
  between it, the server, Adyen and WeChat. No money moves: Adyen and WeChat
  are simulated.

  Console  ${stack.server.operatorsUrl}${stack.operator.signInPath}

  Operators find each order there, with a few that the demo made before. The link
  signs in once; afterwards sign in with the key ${stack.operator.key}

  server     ${stack.server.url}  (API description: /openapi.json)
  operators  ${stack.server.operatorsUrl}  (API description: /openapi.json)
  simulator  ${stack.simulator.url}
  docs       ${stack.playground.url}/docs/
  database   ${folder}

  Ctrl-C stops everything; the next demo starts from scratch.
`,
)

/** Where events about orders of a merchant's own shop are delivered, as docs/existing-shop.md sets it. */
function merchantSettings(): Environment {
  const names = ['MERCHANT_WEBHOOK_URL', 'MERCHANT_WEBHOOK_SECRETS']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}
