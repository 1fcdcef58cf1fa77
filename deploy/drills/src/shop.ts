import {
  type Environment,
  type Program,
  runCommand,
  serverEnvironment,
  startProgram,
  startSimulator,
} from '@tael/stack'
import { Pool } from 'pg'
import { waitUntil } from './programs.ts'
import { WebhookRelay } from './webhook-relay.ts'

const SERVERS = 2
const SETTLED_MS_MAX = 120_000
const IDLE_MS_MAX = 20_000
const STOCK = '1000000'
const main = new URL('../../../apps/server/dist/main.js', import.meta.url)

/** Two servers of Tael on one database, with the simulator as Adyen. */
export class Shop {
  readonly simulator: Program
  readonly relay: WebhookRelay
  /** For the drill's own questions, past PgBouncer. */
  readonly pool: Pool
  servers: readonly Program[] = []
  readonly #environment: Environment

  private constructor(simulator: Program, relay: WebhookRelay, environment: Environment) {
    this.simulator = simulator
    this.relay = relay
    this.#environment = environment
    this.pool = new Pool({ connectionString: this.databaseUrl, max: 2, connectionTimeoutMillis: 5_000 })
    // A connection that breaks is reported by the query on it.
    this.pool.on('error', () => undefined)
    this.pool.on('connect', (client) => client.on('error', () => undefined))
  }

  /** `database` has DATABASE_URL, and DATABASE_DIRECT_URL where that leads to a pooler. */
  static async open(database: Environment, simulated: Environment = {}): Promise<Shop> {
    const relay = await WebhookRelay.open()
    // Adyen's pauses before it delivers again, 9 seconds to 8 hours, are shorter than a drill lasts.
    const simulator = await startSimulator(relay.url, { SIMULATOR_SPEED: '20', ...simulated })
    const settings = {
      SHOPPER_ORDERS_MAX: '1000000',
      SHOPPER_PIECES_MAX: '1000000',
      SHOPPER_STOCK_PERCENT: '100',
      LOG_LEVEL: 'info',
    }
    const shop = new Shop(simulator, relay, serverEnvironment(simulator.url, { ...settings, ...database }))
    await shop.startServers()
    await shop.command('stock', 'tea-jasmine', '--add', STOCK)
    return shop
  }

  get databaseUrl(): string {
    return this.#environment['DATABASE_DIRECT_URL'] ?? this.#environment['DATABASE_URL'] ?? ''
  }

  get commandEnvironment(): Environment {
    return { ...this.#environment, DATABASE_URL: this.databaseUrl }
  }

  async startServers(): Promise<void> {
    const started: Program[] = []
    // The first one migrates.
    for (let count = 0; count < SERVERS; count += 1)
      started.push(await startProgram('The server', main, this.#environment, { keepsOutput: false }))
    this.servers = started
    this.relay.leadTo(started.map(({ url }) => url))
  }

  async stopServers(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()))
    this.servers = []
    this.relay.leadTo([])
  }

  /** Runs one of Tael's commands. Resolves with what it prints; rejects where it finds a difference. */
  command(...args: readonly string[]): Promise<string> {
    return runCommand(this.commandEnvironment, ...args)
  }

  /** Runs one of Tael's commands. Resolves with what it prints, also where it finds differences. */
  outputOf(...args: readonly string[]): Promise<string> {
    return this.command(...args).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 1 && 'stdout' in error)
        return String(error.stdout)
      throw error
    })
  }

  /** Waits until Adyen has delivered everything, and no call to it is unanswered. */
  async waitUntilSettled(): Promise<void> {
    const isIdle = async (): Promise<boolean> => {
      const signal = AbortSignal.timeout(IDLE_MS_MAX)
      return (await fetch(`${this.simulator.url}/simulator/idle`, { method: 'POST', signal })).ok
    }
    await waitUntil('every webhook delivered', isIdle, SETTLED_MS_MAX, 1_000)
    await this.waitUntilAnswered()
  }

  /** Waits until no call to Adyen is unanswered. */
  async waitUntilAnswered(): Promise<void> {
    const unanswered = `select (select count(*) from adyen_calls where answered_at is null)
      + (select count(*) from payments where status in ('starting', 'processing')) as left`
    const isAnswered = async (): Promise<boolean> => {
      const { rows } = await this.pool.query<{ left: number | string }>(unanswered)
      return Number(rows[0]?.left) === 0
    }
    await waitUntil('every call to Adyen answered', isAnswered, SETTLED_MS_MAX, 1_000)
  }

  async stop(): Promise<void> {
    await this.stopServers()
    await this.simulator.stop()
    await this.pool.end()
  }
}
