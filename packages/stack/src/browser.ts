import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** On a busy machine what comes in a moment is long in coming. */
const WAIT_MS_MAX = 60_000

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
      '--in-process-gpu',
      // Pages of one site and one context share a process: to start one takes a second.
      '--renderer-process-limit=1',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A site in a browser of its own. Its visitors share one process of the browser: to start one takes a second. */
export interface Site {
  /** A page for whom nothing is stored at this site. The caller closes it, or all of them, before the next visitor comes. */
  newVisitor(): Promise<Page>
  /** Closes every page of the visitor. */
  dismissVisitor(): Promise<void>
  close(): Promise<void>
}

/** Opens the site of this URL, whose own page does nothing. */
export async function openSite(url: string, options: BrowserContextOptions = {}): Promise<Site> {
  const browser = await launchBrowser()
  const context = await browser.newContext(options)
  // The process of a site lives as long as a page of it.
  const door = await context.newPage()
  await door.goto(url)
  const devtools = await context.newCDPSession(door)
  return {
    async newVisitor() {
      if (context.pages().length > 1) throw new Error('Two visitors at a time would share what is stored.')
      const { origin } = new URL(url)
      await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
      await context.clearPermissions()
      const page = await context.newPage()
      page.setDefaultTimeout(WAIT_MS_MAX)
      return page
    },
    async dismissVisitor() {
      for (const page of context.pages()) if (page !== door) await page.close()
    },
    close: () => browser.close(),
  }
}
