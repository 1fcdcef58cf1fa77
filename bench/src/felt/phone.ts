import type { Browser, FrameLocator, Page } from 'playwright-core'

/** A phone of ordinary speed is about four times slower than the machine of a developer. */
export const CPU_SLOWDOWN = 4

const WAIT_MS_MAX = 60_000
/** How the page's message begins; the numbers of `Shown` follow. */
const SHOWN = 'words shown '

declare global {
  var setDataBytes: SetDataBytes | undefined
  var watchSetData: ((sent: number, whole: number) => void) | undefined
}

/** The bytes of JSON that setData passed to pages, and of all their data at each of those times. */
export interface SetDataBytes {
  readonly sent: number
  readonly whole: number
}

/** When words were drawn on the phone: since its page began to load, and since 1970, in milliseconds. */
export interface Shown {
  readonly sinceStart: number
  readonly at: number
}

/** The playground in a browser whose processor is throttled, with a phone that nobody has used. */
export interface ThrottledPhone {
  readonly page: Page
  readonly frame: FrameLocator
  /** When the words were drawn for the first time. */
  readonly shown: Promise<Shown>
  /** So far, where `countsBytes` was set. */
  readonly setDataBytes: () => Promise<SetDataBytes>
  readonly close: () => Promise<void>
}

/** Opens the playground there, and watches for these words on its phone. Counting bytes costs time. */
export async function openThrottledPhone(
  browser: Browser,
  url: string,
  words: string,
  countsBytes = false,
): Promise<ThrottledPhone> {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 900 },
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(WAIT_MS_MAX)
  await context.addInitScript(watchWords, [words, SHOWN] as const)
  if (countsBytes) await context.addInitScript(addUpSetData)
  const page = await context.newPage()
  const devTools = await context.newCDPSession(page)
  await devTools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN })
  // A message costs the page next to nothing; a locator or a poll would run scripts in it meanwhile.
  const shown = page
    .waitForEvent('console', (message) => message.text().startsWith(SHOWN))
    .then((message): Shown => {
      const [sinceStart = NaN, at = NaN] = message.text().slice(SHOWN.length).split(' ').map(Number)
      return { sinceStart, at }
    })
  await page.goto(url)
  return {
    page,
    frame: page.frameLocator('iframe[title="Mini Program"]'),
    shown,
    setDataBytes: async () => {
      const phone = page.frames().find((each) => each.url().includes('/phone/'))
      if (phone === undefined) throw new Error('There is no phone.')
      return phone.evaluate(() => globalThis.setDataBytes ?? { sent: 0, whole: 0 })
    },
    close: () => context.close(),
  }
}

/** Runs in every page before its own scripts: adds up what the host's setData passes on. */
function addUpSetData(): void {
  const bytes = { sent: 0, whole: 0 }
  globalThis.setDataBytes = bytes
  globalThis.watchSetData = (sent, whole) => {
    bytes.sent += sent
    bytes.whole += whole
  }
}

/** Runs in every page before its own scripts: notes when the words are drawn for the first time. */
function watchWords([words, prefix]: readonly [string, string]): void {
  const observer = new MutationObserver(() => {
    if (!document.body?.textContent.includes(words)) return
    observer.disconnect()
    // Drawn with the next frame.
    requestAnimationFrame(() => {
      const sinceStart = performance.now()
      // oxlint-disable-next-line no-console -- The message is how the bench learns of it.
      console.debug(`${prefix}${sinceStart} ${performance.timeOrigin + sinceStart}`)
    })
  })
  observer.observe(document, { subtree: true, childList: true, characterData: true })
}
