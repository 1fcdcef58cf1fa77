import { vi } from 'vitest'

/**
 * Waits until the condition holds. What a test asserts in the end is better polled with
 * `expect.poll`, which reports the last value it saw.
 */
export async function until(
  condition: () => Promise<boolean> | boolean,
  { timeoutMs = 60_000, intervalMs = 50 } = {},
): Promise<void> {
  await vi.waitUntil(condition, { timeout: timeoutMs, interval: intervalMs })
}
