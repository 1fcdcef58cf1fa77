import { configOrExit } from '@tael/config'
import { readConfig } from './config.ts'
import { createSimulator } from './simulator.ts'

const config = configOrExit(() => readConfig(process.env))
const simulator = createSimulator(config, { logger: true })
const listening = await simulator.listen({ host: '127.0.0.1', port: config.port })

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void simulator.close())
}
// Last: whoever reads the address may stop the simulator at once.
process.stdout.write(`${JSON.stringify({ listening })}\n`)
