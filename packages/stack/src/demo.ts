import { type Environment, startStack } from './index.ts'
import { demoPorts, print, runDemo } from './run-demo.ts'

/** `pnpm demo`: starts all of Tael on this machine and prints the address to open. */
print('Starting PostgreSQL, the simulator, the server and the playground ...')
await runDemo(
  (folder) => startStack({ server: { ...merchantSettings(), DATA_DIR: folder }, ports: demoPorts }),
  (stack, folder) => `
  Open  ${stack.playground.url}

  The phone runs the Mini Program; the diagram beside it shows every call
  between it, the server, Adyen and WeChat. No money moves: Adyen and WeChat
  are simulated.

  server     ${stack.server.url}  (API description: /openapi.json)
  operators  ${stack.server.operatorsUrl}  (API description: /openapi.json)
  simulator  ${stack.simulator.url}
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
