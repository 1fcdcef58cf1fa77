import { bundleServer, replaceInDist } from './bundle.ts'
import { describeServer } from './src/describe.ts'

/** The deployable: the bundles, and the OpenAPI description of what the server serves. */
await bundleServer()
await replaceInDist('openapi.json', `${JSON.stringify(await describeServer(), null, 2)}\n`)
