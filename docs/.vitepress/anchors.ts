import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

const docs = path.join(import.meta.dirname, '..')

/** The anchor of a heading, as code hosts make it, so that a link works there and on the site. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
}

/** Gives each heading of a translated page the anchor of the English one, so that links fit both. */
export function shareAnchors(md: MarkdownRenderer): void {
  md.core.ruler.before('anchor', 'share-anchors', ({ tokens, env }) => {
    const page = String(env.relativePath)
    if (!page.startsWith('zh-cn/') || page.endsWith('index.md')) return
    const anchors = anchorsOf(md, page.replace('zh-cn/', ''))
    const headings = tokens.filter(({ type }) => type === 'heading_open')
    for (const [index, heading] of headings.entries()) heading.attrSet('id', anchors[index] ?? '')
  })
}

/** The anchors of an English page, in order. */
function anchorsOf(md: MarkdownRenderer, page: string): readonly string[] {
  const file = page === 'start.md' ? '../README.md' : page
  const env = { path: path.join(docs, page), relativePath: page }
  return md
    .parse(readFileSync(path.join(docs, file), 'utf8'), env)
    .filter(({ type }) => type === 'heading_open')
    .map((heading) => heading.attrGet('id') ?? '')
}
