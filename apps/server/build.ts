import { bundleServer, replaceInDist } from './bundle.ts'
import { describeListener } from './src/describe.ts'

/** The deployable: the bundles, and the OpenAPI description of each listener. */
await bundleServer()
const descriptions = { public: 'openapi.json', operators: 'openapi-operators.json' } as const
for (const listener of ['public', 'operators'] as const) {
  const description = await describeListener(listener)
  await replaceInDist(descriptions[listener], `${JSON.stringify(description, null, 2)}\n`)
}
