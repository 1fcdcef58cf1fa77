import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Frame, Page } from 'playwright-core'

/** The least size of a tap target, in CSS pixels. */
const TARGET_MIN = 44

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * Accessibility barriers on the phone's front page: findings of axe-core at WCAG 2.2 level AA,
 * controls too small to tap, words that lie on others or leave the screen (WCAG 1.4.4), and controls
 * focused out of reading order (WCAG 2.4.3).
 */
export async function barriers(page: Page): Promise<readonly string[]> {
  const frame = page.frames().find((each) => each.url().includes('/phone/'))
  if (frame === undefined) throw new Error('There is no phone.')
  // aria-role is WeChat's name for role, and the host writes both.
  const violations = await violationsIn(frame, '.host-screen:not([hidden])', ['aria-valid-attr'])
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
    ...violations,
    ...small.map((html) => `less than ${TARGET_MIN} px: ${html}`),
    ...(await frame.evaluate(misplaced)),
  ]
}

/** What axe-core finds at WCAG 2.2 level AA in an element, but for some of its rules. */
export async function violationsIn(
  page: Page | Frame,
  selector: string,
  without: readonly string[] = [],
): Promise<readonly string[]> {
  // The page's content security policy forbids other scripts, but not those that the debugger
  // evaluates.
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) await page.evaluate(await axe)
  const options = {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    // To describe each element that passes takes longer than to test it.
    resultTypes: ['violations'],
    rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
  }
  const violations = await page.evaluate<AxeResults['violations']>(
    `axe.run(${JSON.stringify(selector)}, ${JSON.stringify(options)}).then((results) => results.violations)`,
  )
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
  )
}

/**
 * Runs in the browser: words that lie on other words or beyond the sides of the page, words and dates
 * that break in two, and controls above or left of the control focused before them.
 */
function misplaced(): string[] {
  const isPinned = (element: Element | null): boolean =>
    element !== null &&
    (['fixed', 'sticky'].includes(getComputedStyle(element).position) || isPinned(element.parentElement))
  const page = document.querySelector('.host-screen:not([hidden]) wx-page')
  if (page === null) return []
  const lines = linesOf(page)
  return [...leavingOrOverlapping(page), ...brokenWords(), ...outOfOrder(page)]

  function linesOf(root: Element) {
    const found: { readonly node: Node; readonly text: string; readonly box: DOMRect }[] = []
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? ''
      const parent = node.parentElement
      if (text === '' || parent === null || isPinned(parent)) continue
      range.selectNodeContents(node)
      // Lines beyond the last of a clamped text are not drawn.
      const clip = parent.closest('.names')?.getBoundingClientRect().bottom ?? Infinity
      for (const box of range.getClientRects()) if (box.bottom <= clip + 1) found.push({ node, text, box })
    }
    return found
  }

  function leavingOrOverlapping(root: Element): string[] {
    /** The box of a line has room above and below its letters: so much of it may lie on another. */
    const ROOM = 0.35
    const { left, right } = root.getBoundingClientRect()
    const leaving = lines.filter(({ box }) => box.left < left - 1 || box.right > right + 1)
    const overlapping = lines.flatMap((one, index) =>
      lines.slice(index + 1).flatMap((other) => {
        const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
        const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
        const heightMax = ROOM * Math.min(one.box.height, other.box.height)
        const overlap = one.node !== other.node && width > 1 && height > heightMax
        return overlap ? [`"${one.text}" and "${other.text}" overlap`] : []
      }),
    )
    return [...leaving.map(({ text }) => `"${text}" leaves the page`), ...overlapping]
  }

  function brokenWords(): string[] {
    const range = document.createRange()
    const texts = new Map(lines.map(({ node, text }) => [node, text]))
    return [...texts].flatMap(([node, text]) =>
      Array.from(node.textContent?.matchAll(/[A-Za-z]{2,}|\d{4}-\d\d-\d\d/g) ?? []).flatMap(
        ({ 0: word, index }) => {
          range.setStart(node, index)
          range.setEnd(node, index + word.length)
          const tops = new Set(Array.from(range.getClientRects(), ({ top }) => top))
          return tops.size > 1 ? [`"${word}" of "${text}" is broken`] : []
        },
      ),
    )
  }

  function outOfOrder(root: Element): string[] {
    const controls = [...root.querySelectorAll('[role="button"], [tabindex="0"]')]
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
      .map(
        ({ control }) => `focused after a control below or right of it: ${control.outerHTML.slice(0, 200)}`,
      )
  }
}
