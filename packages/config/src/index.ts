export { ConfigError, configOrExit } from './config-error.ts'
export { demoCredentials } from './demo-credentials.ts'
export {
  type Environment,
  type EnvironmentReader,
  type Inspected,
  inspectEnvironment,
  readEnvironment,
} from './environment.ts'
export { isFromThisMachine, isLoopback } from './own-address.ts'
