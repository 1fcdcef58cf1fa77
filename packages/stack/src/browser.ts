import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Debian's two packages of Chromium. The one that never has a window opens pages in half the time. */
const installed = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const executablePath = process.env['CHROMIUM'] ?? installed.find((each) => existsSync(each))

/** Why browser tests cannot run here, or undefined where they can. In CI a missing browser is a failure. */
export function missingBrowser(): string | undefined {
  if (executablePath !== undefined && existsSync(executablePath)) return undefined
  const words = `there is no Chromium at ${executablePath ?? installed.join(' or ')}: install it (apt-get install chromium-headless-shell) or set CHROMIUM`
  if (process.env['CI'] !== undefined) throw new Error(words)
  return words
}

/** Chromium without a window, which keeps its connections to this machine. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
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
