import { type Environment, type EnvironmentReader, isFromThisMachine, readEnvironment } from '@tael/config'

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
        operators: readOperators(read),
        shop: readShop(read),
        wechatAppId: read.text('WECHAT_APP_ID', /^\S+$/, 'the AppID of the Mini Program'),
      }) as const,
  )
}

/** Another merchant's Mini Program and its own server; undefined where the phone runs Tael's. */
interface Shop {
  /** The built Mini Program, or the project that contains it. */
  readonly programDir: string
  /** The title of the cashier. */
  readonly name: string
  readonly url: string
  /** Of the shop's server, as the Mini Program names it. */
  readonly origin: string
}

function readShop(read: EnvironmentReader): Shop | undefined {
  if (!read.has('SHOP_PROGRAM_DIR')) return undefined
  const url = read.url('SHOP_URL', "the address of the shop's own server")
  return {
    programDir: read.text('SHOP_PROGRAM_DIR', /^\//, 'the absolute path of a Mini Program'),
    name: read.text('SHOP_NAME', /^.{1,64}$/, 'the name that the cashier shows'),
    url,
    origin: read.url('SHOP_ORIGIN', "the origin of the shop's server in the Mini Program", url),
  }
}

/**
 * The operators' listener and the key with which the page plays the merchant; undefined without
 * both. Only a server on this machine, so that no shop that takes money is ever operated from here.
 */
function readOperators(read: EnvironmentReader): { readonly url: string; readonly key: string } | undefined {
  if (!read.has('OPERATORS_URL') && !read.has('OPERATOR_KEY')) return undefined
  const url = read.url('OPERATORS_URL', "the address of the server's operators' listener")
  const key = read.text('OPERATOR_KEY', /^tael_\S+$/, 'a key of create-operator-key')
  if (url !== '' && !isFromThisMachine({ host: URL.parse(url)?.host }))
    read.problems.push('OPERATORS_URL is invalid: a server on this machine, by its loopback address')
  return { url, key }
}
