import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { anchorOf } from '../.vitepress/anchors.ts'
import { checkSidebar, chineseSidebar, englishSidebar } from '../.vitepress/sidebar.ts'

const root = path.join(import.meta.dirname, '../..')
const read = (page: string): string => readFileSync(path.join(root, page), 'utf8')

const english = ['README.md', ...globSync('docs/*.md', { cwd: root }).toSorted()]
const chinese = globSync('docs/zh-cn/*.md', { cwd: root }).toSorted()

/** A page without what VitePress reads at its top. */
const bodyOf = (page: string): string => read(page).replace(/^---\n[^]*?\n---\n/, '')
const withoutBlocks = (page: string): string => bodyOf(page).replaceAll(/^ *```[^]*?^ *```$/gm, '')

/** The headings of a page with their levels, as `## Refunds`. */
const headingsOf = (page: string): readonly string[] =>
  [...withoutBlocks(page).matchAll(/^#+ .*$/gm)].map(([heading]) => heading)

const levelsOf = (page: string): readonly number[] => headingsOf(page).map((heading) => heading.indexOf(' '))

/** What a reader copies. Diagrams and drawings may be translated. */
const blocksOf = (page: string): readonly string[] =>
  [...bodyOf(page).matchAll(/^( *)```(\w*)\n[^]*?^\1```$/gm)].map(([block, , language = '']) =>
    ['mermaid', 'text'].includes(language) ? language : block,
  )

/** The identifiers that each row of each table is about. */
const rowsOf = (page: string): readonly (readonly string[])[] =>
  [...withoutBlocks(page).matchAll(/^ *\|([^|]*)\|/gm)].map(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )

/** What the top of a page says under a name. */
const noted = (page: string, name: string): string =>
  new RegExp(`^${name}: (.*)$`, 'm').exec(/^---\n[^]*?\n---\n/.exec(read(page))?.[0] ?? '')?.[1] ?? ''

const anchorsOf = (page: string): readonly string[] =>
  headingsOf(page).map((heading) => anchorOf(heading.replace(/^#+ /, '')))

test.for(chinese)('%s follows its English page', (page) => {
  const source = noted(page, 'translates')
  expect(english, `translates: of ${page} names the English page`).toContain(source)
  const hash = createHash('sha256').update(read(source)).digest('hex').slice(0, 12)
  expect(
    noted(page, 'source'),
    `${source} has changed since it was translated. Bring ${page} up to date (git log -p ${source} has what changed), then write at its top "source: ${hash}"`,
  ).toBe(hash)
  expect(levelsOf(page), 'the levels of its headings').toEqual(levelsOf(source))
  expect(blocksOf(page), 'its blocks of code, which are not translated').toEqual(blocksOf(source))
  expect(rowsOf(page), 'the names in the first column of its tables').toEqual(rowsOf(source))
})

test.for([...english, ...chinese])('the links of %s lead to a file, and to a heading in it', (page) => {
  const dead: string[] = []
  for (const [, link = ''] of withoutBlocks(page).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(link)) continue
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? page : path.join(path.dirname(page), file)
    if (globSync(target, { cwd: root }).length === 0) dead.push(link)
    // A Chinese heading has the anchor of the English one.
    else if (
      anchor !== undefined &&
      !anchorsOf((target.endsWith('.md') && noted(target, 'translates')) || target).includes(anchor)
    )
      dead.push(link)
  }
  expect(dead).toEqual([])
})

test('the sidebars have every page, and lead to headings that exist', () => {
  checkSidebar()
  const dead = [...englishSidebar, ...chineseSidebar]
    .flatMap(({ items }) => items.map(({ link }) => link))
    .filter((link) => {
      const [page = '', anchor] = link.split('#')
      return anchor !== undefined && !anchorsOf(`docs${page}.md`).includes(anchor)
    })
  expect(dead).toEqual([])
})
