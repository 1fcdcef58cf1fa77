import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** The least size of a tap target, in CSS pixels. */
const TARGET_MIN = 44

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * Accessibility barriers on the phone's front page: findings of axe-core at WCAG 2.2 level AA,
 * controls too small to tap, and controls focused out of reading order (WCAG 2.4.3).
 */
export async function barriers(page: Page): Promise<readonly string[]> {
  const frame = page.frames().find((each) => each.url().includes('/phone/'))
  if (frame === undefined) throw new Error('There is no phone.')
  // The page's content security policy forbids other scripts, but not those that the debugger
  // evaluates.
  if (!(await frame.evaluate<boolean>("'axe' in globalThis"))) await frame.evaluate(await axe)
  const { violations } = await frame.evaluate<AxeResults>(
    `axe.run('.host-screen:not([hidden])', {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      // aria-role is WeChat's name for role, and the host writes both.
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
  const disordered = await frame.evaluate(outOfOrder)
  return [
    ...violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
    ),
    ...small.map((html) => `less than ${TARGET_MIN} px: ${html}`),
    ...disordered.map((html) => `focused after a control below or right of it: ${html}`),
  ]
}

/** Runs in the browser: controls above or left of the control focused before them. */
function outOfOrder(): string[] {
  const isPinned = (element: Element | null): boolean =>
    element !== null &&
    (['fixed', 'sticky'].includes(getComputedStyle(element).position) || isPinned(element.parentElement))
  const page = '.host-screen:not([hidden]) wx-page'
  const controls = [...document.querySelectorAll(`${page} [role="button"], ${page} [tabindex="0"]`)]
    .filter((control) => control.getBoundingClientRect().width > 0 && !isPinned(control))
    .map((control) => ({ control, box: control.getBoundingClientRect() }))
  return controls
    .filter(({ box }, index) => {
      const before = controls[index - 1]?.box
      if (before === undefined) return false
      const isAbove = box.bottom <= before.top
      const isLeft = box.right <= before.left && box.top < before.bottom && before.top < box.bottom
      return isAbove || isLeft
    })
    .map(({ control }) => control.outerHTML.slice(0, 200))
}
