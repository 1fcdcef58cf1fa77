import { existsSync } from 'node:fs'
import path from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

type Token = ReturnType<MarkdownRenderer['parse']>[number]

const docs = path.join(import.meta.dirname, '..')
const root = path.join(docs, '..')

/**
 * Lets a page's links work on a code host and on the site: a link to a file outside of this folder
 * becomes its name with the path as a tooltip, because the site has no copy of the repository.
 */
export function followLinks(md: MarkdownRenderer): void {
  md.core.ruler.push('follow-links', ({ tokens, env }) => {
    for (const { children } of tokens) if (children !== null) follow(children, String(env.path))
  })
}

function follow(tokens: readonly Token[], page: string): void {
  let left = false
  for (const token of tokens) {
    if (token.type === 'link_open') {
      const target = targetOf(token.attrGet('href') ?? '', page)
      if (target === undefined) continue
      left = target.outside
      if (left) {
        token.tag = 'span'
        token.attrs = [
          ['class', 'source'],
          ['title', `In the repository: ${target.file}`],
        ]
      } else token.attrSet('href', target.href)
    } else if (token.type === 'link_close' && left) {
      token.tag = 'span'
      left = false
    } else if (token.type === 'image') {
      const target = targetOf(token.attrGet('src') ?? '', page)
      if (target !== undefined) token.attrSet('src', target.href)
    }
  }
}

interface Target {
  /** The file's path in the repository. */
  readonly file: string
  readonly outside: boolean
  /** As the page links to it on the site. */
  readonly href: string
}

/** What a relative link of a page leads to; undefined for any other link. */
function targetOf(link: string, page: string): Target | undefined {
  if (/^(?:[a-z]+:|\/|#)/.test(link)) return undefined
  const [name = '', anchor] = link.split('#')
  // The page shows the README of the repository, whose links start there.
  const folder = page === path.join(docs, 'start.md') ? root : path.dirname(page)
  const absolute = path.join(folder, decodeURIComponent(name))
  const file = path.relative(root, absolute)
  if (!existsSync(absolute))
    throw new Error(`${path.relative(root, page)} links to ${file}, which does not exist.`)
  const inside = path.relative(docs, absolute)
  const relative = path.relative(path.dirname(page), absolute)
  return {
    file,
    outside: inside.startsWith('..') || !/\.(?:md|png)$/.test(inside),
    href: `./${relative}${anchor === undefined ? '' : `#${anchor}`}`,
  }
}
