import getPort from 'get-port'
import { type Program, startProgram } from './program.ts'

export type { Program } from './program.ts'

/**
 * Credentials that open nothing but this machine's simulator. They stand here so that the server and the simulator of a
 * demonstration or a test agree; a merchant's own come from the environment.
 */
export const credentials = {
  ADYEN_API_KEY: 'AQE-simulator-api-key-0001',
  ADYEN_MERCHANT_ACCOUNT: 'TaelDemoECOM',
  ADYEN_HMAC_KEYS: '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
  ADYEN_WEBHOOK_USERNAME: 'adyen-webhook',
  ADYEN_WEBHOOK_PASSWORD: 'simulator-webhook-password',
  WECHAT_APP_ID: 'wx0123456789abcdef',
  WECHAT_APP_SECRET: '0123456789abcdef0123456789abcdef',
} as const

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string>>

const root = new URL('../../../', import.meta.url)

/** The simulator, sending its webhooks to the server at `serverUrl`. */
export function startSimulator(serverUrl: string, env: Environment = {}): Promise<Program> {
  return startProgram('The simulator', new URL('apps/simulator/src/main.ts', root), {
    ...credentials,
    PORT: '0',
    SIMULATOR_WEBHOOK_URL: `${serverUrl}/webhooks/adyen`,
    ...env,
  })
}

/** A merchant server, as it was built, that talks to the simulator at `simulatorUrl`. */
export function startServer(simulatorUrl: string, env: Environment = {}): Promise<Program> {
  return startProgram('The server', new URL('apps/server/dist/main.js', root), {
    ...credentials,
    PORT: '0',
    ADYEN_CHECKOUT_URL: `${simulatorUrl}/v72`,
    WECHAT_API_URL: simulatorUrl,
    ...env,
  })
}

/** The playground's page, in front of a server and the simulator. */
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

/** All of Tael on this machine. */
export interface Stack {
  readonly simulator: Program
  readonly server: Program
  readonly playground: Program
  stop(): Promise<void>
}

/** What each program is told beside the defaults, and the ports to take where they are free. */
export interface StackOptions {
  readonly server?: Environment
  readonly simulator?: Environment
  readonly ports?: { readonly server: number; readonly simulator: number; readonly playground: number }
}

/** Starts simulator, server and playground, in the order in which they need each other. */
export async function startStack({ server = {}, simulator = {}, ports }: StackOptions): Promise<Stack> {
  const host = '127.0.0.1'
  const portOf = (wish: number | undefined): Promise<number> =>
    getPort(wish === undefined ? { host } : { host, port: wish })
  const serverPort = await portOf(ports?.server)
  const started: Program[] = []
  const keep = async (program: Promise<Program>): Promise<Program> => {
    const running = await program
    started.unshift(running)
    return running
  }
  const stop = async (): Promise<void> => {
    for (const program of started) await program.stop()
  }
  try {
    const simulatorPort = String(await portOf(ports?.simulator))
    const simulating = await keep(
      startSimulator(`http://${host}:${serverPort}`, { PORT: simulatorPort, ...simulator }),
    )
    const serving = await keep(startServer(simulating.url, { PORT: String(serverPort), ...server }))
    const playgroundPort = String(await portOf(ports?.playground))
    const playing = await keep(startPlayground(serving.url, simulating.url, { PORT: playgroundPort }))
    return { simulator: simulating, server: serving, playground: playing, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
