import { bundleServer, copyConsole, replaceInDist } from './bundle.ts'
import { describeListener } from './src/describe.ts'

/** The deployable: the bundles, the console, and the OpenAPI documents of each listener. */
await bundleServer()
await copyConsole()
for (const listener of ['public', 'operators'] as const) {
  for (const [document, description] of await describeListener(listener)) {
    const name = document === 'public' ? 'openapi.json' : `openapi-${document}.json`
    await replaceInDist(name, `${JSON.stringify(description, null, 2)}\n`)
  }
}
