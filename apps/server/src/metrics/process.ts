import { getHeapStatistics } from 'node:v8'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

let ofProcess: Registry | undefined

/** The metrics of the process itself, measured once however many servers run in it. */
export function processMetrics(): Registry {
  if (ofProcess !== undefined) return ofProcess
  ofProcess = new Registry()
  collectDefaultMetrics({ register: ofProcess })
  const heapLimit = new Gauge({
    name: 'tael_heap_limit_bytes',
    help: 'The size of the heap at which the process ends.',
    registers: [],
    collect() {
      this.set(getHeapStatistics().heap_size_limit)
    },
  })
  ofProcess.registerMetric(heapLimit)
  return ofProcess
}
