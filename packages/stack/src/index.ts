import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { demoCredentials as credentials } from '@tael/config'
import { EVENTS_PATH, type ExistingShop, SHOP_ORIGIN, startExistingShop } from './existing-shop.ts'
import { freePort } from './free-port.ts'
import { type Program, startProgram } from './program.ts'

export { demoCredentials as credentials } from '@tael/config'
export { freePort } from './free-port.ts'
export { type Program, startProgram } from './program.ts'
export { transportTo } from './transport.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string>>

const root = new URL('../../../', import.meta.url)

/** Starts the simulator, which sends its webhooks to the server at `serverUrl`. */
export function startSimulator(serverUrl: string, env: Environment = {}): Promise<Program> {
  const main = new URL('apps/simulator/src/main.ts', root)
  return startProgram('The simulator', main, simulatorEnvironment(serverUrl, env))
}

/** What the simulator reads, when its webhooks go to the server at `serverUrl`. */
export function simulatorEnvironment(serverUrl: string, env: Environment = {}): Environment {
  return { ...credentials, PORT: '0', SIMULATOR_WEBHOOK_URL: `${serverUrl}/webhooks/adyen`, ...env }
}

/** The merchant server, with the address of its operators' listener. */
export interface Server extends Program {
  readonly operatorsUrl: string
}

/** Starts the built server, which calls the simulator at `simulatorUrl`. */
export async function startServer(simulatorUrl: string, env: Environment = {}): Promise<Server> {
  const main = new URL('apps/server/dist/main.js', root)
  const program = await startProgram('The server', main, serverEnvironment(simulatorUrl, env))
  const operatorsUrl = /"operatorsListening":"([^"]+)"/.exec(program.lines.join('\n'))?.[1]
  if (operatorsUrl === undefined) throw new Error('The server printed no address for operators.')
  return { ...program, operatorsUrl }
}

/** What the server reads, when it calls the simulator at `simulatorUrl`. */
export function serverEnvironment(simulatorUrl: string, env: Environment = {}): Environment {
  return {
    ...credentials,
    PORT: '0',
    OPERATOR_PORT: '0',
    ADYEN_CHECKOUT_URL: `${simulatorUrl}/v72`,
    ADYEN_REPORT_URL: simulatorUrl,
    WECHAT_API_URL: simulatorUrl,
    ...env,
  }
}

/** Starts the playground, which proxies the server and the simulator. */
export function startPlayground(
  serverUrl: string,
  simulatorUrl: string,
  env: Environment = {},
): Promise<Program> {
  return startProgram('The playground', new URL('apps/playground/src/main.ts', root), {
    PORT: '0',
    SERVER_URL: serverUrl,
    SIMULATOR_URL: simulatorUrl,
    WECHAT_APP_ID: credentials.WECHAT_APP_ID,
    ...env,
  })
}

/**
 * Creates an operator's key with these scopes on the command line, in the database of a server that
 * was started with `env`. The server of a demo has demo credentials, which live mode refuses.
 */
export async function createOperatorKey(
  env: Environment,
  name: string,
  scopes: readonly string[],
): Promise<string> {
  const options = ['--name', name, ...scopes.flatMap((scope) => ['--scope', scope])]
  const key = /^tael_\S+$/m.exec(await runCommand(env, 'create-operator-key', ...options))?.[0]
  if (key === undefined) throw new Error('create-operator-key printed no key.')
  return key
}

/** An operator of a demo. */
export interface DemoOperator {
  readonly key: string
  /** The path behind the operators' listener that signs them in to the console, once. */
  readonly signInPath: string
}

/** Creates an operator who may do everything, with a link that signs them in. */
export async function createDemoOperator(env: Environment, name: string): Promise<DemoOperator> {
  const created = await runCommand(env, 'create-operator-key', '--name', name, '--role', 'admin')
  const [id = '', key = ''] = created.split('\n')
  return { key, signInPath: (await runCommand(env, 'create-sign-in-link', id)).trim() }
}

/** Runs one of the server's commands. Returns what it prints; rejects where it exits with another code than 0. */
export async function runCommand(env: Environment, ...args: readonly string[]): Promise<string> {
  const command = fileURLToPath(new URL('apps/server/dist/command.js', root))
  const options = { env: { PATH: process.env['PATH'], ...env } }
  return (await promisify(execFile)(process.execPath, [command, ...args], options)).stdout
}

/** What the playground's merchant may do. */
const MERCHANT_SCOPES = ['payments:read', 'refunds:write', 'attention:write', 'orders:ship']

/** All programs of Tael, running on this machine. */
export interface Stack {
  readonly simulator: Program
  readonly server: Server
  readonly playground: Program
  /** The server of `existingShop`; undefined without it. */
  readonly shop: Program | undefined
  stop(): Promise<void>
}

/**
 * Additional variables of each program, and its preferred port. Another one is used if it is taken.
 */
export interface StackOptions {
  readonly server?: Environment
  readonly simulator?: Environment
  readonly ports?: {
    readonly server: number
    readonly operators: number
    readonly simulator: number
    readonly playground: number
    readonly shop: number
  }
  /** A shop with its own orders, whose Mini Program the phone runs in place of Tael's. */
  readonly existingShop?: ExistingShop
}

/** Starts simulator, server and playground, in the order of their dependencies. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { server = {}, simulator = {}, ports, existingShop } = options
  const host = '127.0.0.1'
  const serverPort = await freePort(ports?.server)
  const started: Program[] = []
  const keep = async <P extends Program>(program: Promise<P>): Promise<P> => {
    const running = await program
    started.unshift(running)
    return running
  }
  const stop = async (): Promise<void> => {
    for (const program of started) await program.stop()
  }
  try {
    const simulatorPort = String(await freePort(ports?.simulator))
    const simulatorProgram = await keep(
      startSimulator(`http://${host}:${serverPort}`, { PORT: simulatorPort, ...simulator }),
    )
    const operatorsPort = await freePort(ports?.operators)
    const serverPorts = { PORT: String(serverPort), OPERATOR_PORT: String(operatorsPort) }
    const shopPort = await freePort(ports?.shop)
    const forShop =
      existingShop === undefined ? {} : shopEnvironment(existingShop, `http://${host}:${shopPort}`)
    const serverProgram = await keep(
      startServer(simulatorProgram.url, { ...serverPorts, ...forShop, ...server }),
    )
    const shop =
      existingShop &&
      (await keep(
        startExistingShop(existingShop, {
          port: shopPort,
          taelUrl: serverProgram.operatorsUrl,
          key: await createOperatorKey(server, 'Existing shop', ['merchant:orders']),
        }),
      ))
    const playgroundProgram = await keep(
      startPlayground(serverProgram.url, simulatorProgram.url, {
        PORT: String(await freePort(ports?.playground)),
        OPERATORS_URL: serverProgram.operatorsUrl,
        OPERATOR_KEY: await createOperatorKey(server, 'Playground', MERCHANT_SCOPES),
        ...(existingShop && shop ? playgroundEnvironment(existingShop, shop.url) : {}),
      }),
    )
    return { simulator: simulatorProgram, server: serverProgram, playground: playgroundProgram, shop, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What the server reads where it takes the payments of another shop's orders. */
function shopEnvironment({ secret }: ExistingShop, shopUrl: string): Environment {
  return {
    SHOP: 'none',
    MERCHANT_WEBHOOK_URL: shopUrl + EVENTS_PATH,
    MERCHANT_WEBHOOK_SECRETS: secret,
  }
}

/** What the playground reads where its phone runs another shop's Mini Program. */
function playgroundEnvironment({ folder }: ExistingShop, shopUrl: string): Environment {
  return { SHOP_PROGRAM_DIR: folder, SHOP_NAME: 'Stationery', SHOP_URL: shopUrl, SHOP_ORIGIN }
}
