import { measureFeltSpeed } from './felt-speed.ts'
import { writeResults } from './results.ts'

const file = new URL('../RESULTS.md', import.meta.url)
await writeResults(file, await measureFeltSpeed())
