import { type Environment, readEnvironment } from '@tael/config'

export type Config = ReturnType<typeof readConfig>

/** Reads the configuration of the playground. Throws a ConfigError that lists every problem. */
export function readConfig(environment: Environment) {
  return readEnvironment(
    environment,
    (read) =>
      ({
        /** 0 takes any free port. */
        port: read.integer('PORT', 0, 65_535, 8700),
        serverUrl: read.url('SERVER_URL', 'the address of the server', 'http://127.0.0.1:8600'),
        simulatorUrl: read.url('SIMULATOR_URL', 'the address of the simulator', 'http://127.0.0.1:8800'),
        wechatAppId: read.text('WECHAT_APP_ID', /^\S+$/, 'the AppID of the Mini Program'),
      }) as const,
  )
}
