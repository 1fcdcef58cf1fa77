import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** What a finger needs, in CSS pixels. */
const TARGET_MIN = 44

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * What keeps shoppers from using the page that the phone shows: findings of axe-core at WCAG 2.2 level AA, and controls
 * that are too small for a finger.
 */
export async function barriers(page: Page): Promise<readonly string[]> {
  const frame = page.frames().find((each) => each.url().includes('/phone/'))
  if (frame === undefined) throw new Error('There is no phone.')
  // The page's own policy forbids scripts from elsewhere; what the debugger evaluates is none of its business.
  if (!(await frame.evaluate<boolean>("'axe' in globalThis"))) await frame.evaluate(await axe)
  const { violations } = await frame.evaluate<AxeResults>(
    `axe.run('.host-screen:not([hidden])', {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      // aria-role is WeChat's own word for role, and the host writes both.
      rules: { 'aria-valid-attr': { enabled: false } },
    })`,
  )
  const small = await frame.evaluate(
    (least) =>
      [...document.querySelectorAll('.host-screen:not([hidden]) wx-page [role="button"]')]
        .filter((each) => {
          const { width, height } = each.getBoundingClientRect()
          return width < least || height < least
        })
        .map((each) => each.outerHTML.slice(0, 200)),
    TARGET_MIN,
  )
  return [
    ...violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
    ),
    ...small.map((html) => `less than ${TARGET_MIN} px: ${html}`),
  ]
}
