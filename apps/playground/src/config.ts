/** What the playground needs to know. */
export interface Config {
  /** 0 takes any free port. */
  readonly port: number
  readonly serverUrl: string
  readonly simulatorUrl: string
  readonly wechatAppId: string
}

/** Every problem of the environment at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(problems: readonly string[]) {
    super(`The playground cannot start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`)
  }
}

/** Reads the environment. Throws a ConfigError that names every variable that is missing or wrong. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = []
  const address = (name: string, fallback: string): string => {
    const value = env[name] ?? fallback
    if (!URL.canParse(value)) problems.push(`${name} is no address: "${value}"`)
    return value.replace(/\/$/, '')
  }
  const port = Number(env['PORT'] ?? 8700)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) problems.push(`PORT is no port: "${env['PORT']}"`)
  const config = {
    port,
    serverUrl: address('SERVER_URL', 'http://127.0.0.1:8600'),
    simulatorUrl: address('SIMULATOR_URL', 'http://127.0.0.1:8800'),
    wechatAppId: env['WECHAT_APP_ID'] ?? '',
  }
  if (config.wechatAppId === '') problems.push('WECHAT_APP_ID is missing')
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}
