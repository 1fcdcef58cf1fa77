import { type Amount, type Call, type OperatorScope, scopesOfRole } from '@tael/contracts'
import { readConfig } from '@tael/simulator/config'
import { createSimulator } from '@tael/simulator/simulator'
import { type Environment, freePort, type Server, simulatorEnvironment, startServer } from '@tael/stack'
import { inject } from 'vitest'
import type { Step } from '../../src/steps.ts'
import { Adyen } from './adyen.ts'
import { callTo } from './client.ts'
import { Clock } from './clock.ts'
import { createDatabase, Database } from './database.ts'
import { Merchant } from './merchant.ts'
import { Operator } from './operator.ts'
import { Queue } from './queue.ts'
import { startServerHere } from './server.ts'
import { Shopper } from './shopper.ts'
import { Simulator } from './simulator.ts'
import { WeChat } from './wechat.ts'

/**
 * A shop under test: real servers on a database of their own, against a simulator of their own. They run in the test's
 * process, or each in its own: with `processes`, or with what loads before a server.
 */
export interface Shop {
  /** The first server, which Adyen's webhooks reach. */
  readonly server: Server
  /** Calls the first server without a session. */
  readonly call: Call
  readonly simulator: RunningSimulator
  readonly adyen: Adyen
  readonly weChat: WeChat
  readonly clock: Clock
  readonly queue: Queue
  readonly database: Database
  /** Logs a shopper in at the first server. */
  shopper(name: string): Promise<Shopper>
  /** An operator whose key has these scopes. */
  operator(...scopes: readonly OperatorScope[]): Operator
  /** Another operator, who may refund this much of one payment by themselves; all of it without a limit. */
  refunder(name: string, limit?: Amount): Operator
  /** A merchant's backend, with a key of its own. */
  merchant(): Merchant
  /** Starts one more server on the same database. */
  startServer(env?: Environment): Promise<Server>
  /** Starts a server at the ports of one that has stopped. */
  replaceServer(stopped: Server, env?: Environment): Promise<Server>
  /** Puts a product on sale at this price in fen, and returns its id. */
  addProduct(price: number, stock?: number): Promise<string>
  close(): Promise<void>
}

/** The simulator, answering HTTP from the test's own process: a process of its own for each file costs a second. */
export interface RunningSimulator {
  readonly url: string
  stop(): Promise<void>
}

export interface ShopOptions {
  readonly server?: Environment
  readonly simulator?: Environment
  /** Each server is a process, which can be killed and whose memory can be measured. */
  readonly processes?: boolean
  readonly postgresUrl?: string
  /** The URL of a database that exists; without it the shop gets one of its own. */
  readonly database?: string
  /** What a server needs to reach the database at this URL, where that is not the URL itself. */
  readonly reachDatabase?: (url: string) => Environment
}

/** How much faster the simulator's delays and retries run: its 9 s become 90 ms. */
const SPEED = '100'

/** In a test one shopper may order as much as all shoppers of a shop. */
const unboundHoldings = {
  SHOPPER_ORDERS_MAX: '1000000',
  SHOPPER_PIECES_MAX: '1000000000',
  SHOPPER_STOCK_PERCENT: '100',
}

export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const databaseUrl = options.database ?? (await createDatabaseFor(options.postgresUrl))
  const port = String(await freePort())
  const runningSimulator = await runSimulator(`http://127.0.0.1:${port}`, {
    SIMULATOR_SPEED: SPEED,
    ...options.simulator,
  })
  const servers: Server[] = []
  const start = async (env: Environment = {}): Promise<Server> => {
    const settings = {
      ...(options.reachDatabase?.(databaseUrl) ?? { DATABASE_URL: databaseUrl }),
      PORT: String(await freePort()),
      OPERATOR_PORT: String(await freePort()),
      ...unboundHoldings,
      ...options.server,
      ...env,
    }
    const isProcess = options.processes === true || 'NODE_OPTIONS' in settings
    const server = await (isProcess ? startServer : startServerHere)(runningSimulator.url, settings)
    servers.push(server)
    return server
  }
  const server = await start({ PORT: port })
  const simulator = new Simulator(runningSimulator.url)
  const database = new Database(databaseUrl)
  const queue = new Queue(database)
  const weChat = new WeChat(simulator)
  const call = callTo(server)
  const addProduct = (price: number, stock = 1000): Promise<string> => database.addProduct(price, stock)
  return {
    server,
    call,
    simulator: runningSimulator,
    adyen: new Adyen(simulator),
    weChat,
    clock: new Clock(database, queue, simulator),
    queue,
    database,
    shopper: (name) => Shopper.logIn(name, { weChat, addProduct, server: call }),
    operator: (...scopes) => new Operator(scopes, { databaseUrl, server: call }),
    refunder: (name, refundLimit) =>
      new Operator(
        scopesOfRole.refunder,
        { databaseUrl, server: call },
        { name, ...(refundLimit === undefined ? {} : { refundLimit }) },
      ),
    merchant: () => new Merchant({ databaseUrl, server: call }),
    startServer: start,
    replaceServer: ({ url, operatorsUrl }, env) =>
      start({ ...env, PORT: new URL(url).port, OPERATOR_PORT: new URL(operatorsUrl).port }),
    addProduct,
    async close() {
      await database.close()
      await Promise.all(servers.map((one) => one.stop()))
      await runningSimulator.stop()
    },
  }
}

/** A copy of the prepared one, which starts sooner; empty on a PostgreSQL of a test's own. */
function createDatabaseFor(postgresUrl: string | undefined): Promise<string> {
  return postgresUrl === undefined
    ? createDatabase(inject('postgresUrl'), inject('preparedDatabase'))
    : createDatabase(postgresUrl)
}

async function runSimulator(serverUrl: string, env: Environment): Promise<RunningSimulator> {
  const simulator = createSimulator(readConfig(simulatorEnvironment(serverUrl, env)))
  const url = await simulator.listen({ host: '127.0.0.1', port: 0 })
  return { url, stop: () => simulator.close() }
}

/** Lets a server die at a step of apps/server/src/steps.ts. */
export function dyingAt(step: Step): Environment {
  return { KILL_AT: step, NODE_OPTIONS: loading(new URL('../kill-at.ts', import.meta.url)) }
}

/** Sets a server's clock ahead of everybody else's, in seconds. */
export function clockAhead(seconds: number): Environment {
  return {
    CLOCK_AHEAD_MS: String(seconds * 1000),
    NODE_OPTIONS: loading(new URL('../clock-ahead.ts', import.meta.url)),
  }
}

/** Both of these environments. */
export function both(one: Environment, other: Environment): Environment {
  const NODE_OPTIONS = [one['NODE_OPTIONS'], other['NODE_OPTIONS']].join(' ')
  return { ...one, ...other, NODE_OPTIONS }
}

const loading = ({ href }: URL): string => `--import ${href}`
