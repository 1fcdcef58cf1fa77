import { expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../src/free-port.ts'

/** As many as a worker has. */
const PORTS = 2000

test('fetch refuses no port, and none comes twice', async () => {
  // The worker with the lowest ports, of which no test file uses any.
  vi.stubEnv('VITEST_POOL_ID', '0')
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const ports: number[] = []
  for (let taken = 0; taken < PORTS; taken += 1) ports.push(await freePort())
  expect(new Set(ports).size).toBe(PORTS)
  // The others lie above: the last that is refused is port 10080.
  const lowest = ports.toSorted((one, other) => one - other).slice(0, 100)
  const refused: number[] = []
  for (const port of lowest) {
    const cause = await fetch(`http://127.0.0.1:${port}`).then(
      () => undefined,
      (error: Error) => error.cause,
    )
    if (cause instanceof Error && cause.message === 'bad port') refused.push(port)
  }
  expect(refused).toEqual([])
})

test('workers take different ports', async () => {
  const ports: number[] = []
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  for (let worker = 1; worker <= 10; worker += 1) {
    vi.stubEnv('VITEST_POOL_ID', String(worker))
    ports.push(await freePort())
  }
  expect(ports.map((port) => Math.floor((port - 10_100) / PORTS))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})
