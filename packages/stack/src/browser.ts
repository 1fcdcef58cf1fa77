import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Debian's two packages of Chromium. The headless shell opens pages in half the time. */
const installed = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const executablePath = process.env['CHROMIUM'] ?? installed.find((each) => existsSync(each))

/** Why browser tests cannot run here; undefined if they can. In CI a missing browser throws. */
export function missingBrowser(): string | undefined {
  if (executablePath !== undefined && existsSync(executablePath)) return undefined
  const problem = `No Chromium at ${executablePath ?? installed.join(' or ')}: install it (apt-get install chromium-headless-shell) or set CHROMIUM`
  if (process.env['CI'] !== undefined) throw new Error(problem)
  return problem
}

/** Launches a headless Chromium without background traffic. */
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
