import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Why browser tests cannot run here, or undefined where they can. In CI a missing browser is a failure. */
export function missingBrowser(): string | undefined {
  if (existsSync(executablePath)) return undefined
  const words = `there is no Chromium at ${executablePath}: install it (apt-get install chromium) or set CHROMIUM`
  if (process.env['CI'] !== undefined) throw new Error(words)
  return words
}

/** Chromium without a window, which keeps its connections to this machine. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
