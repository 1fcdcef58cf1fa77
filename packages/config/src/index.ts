export { ConfigError, configOrExit } from './config-error.ts'
export { type Environment, type EnvironmentReader, readEnvironment } from './environment.ts'
