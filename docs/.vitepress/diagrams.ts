import { renderMermaidSVG } from 'beautiful-mermaid'
import type { MarkdownRenderer } from 'vitepress'

const colours = {
  bg: 'var(--vp-c-bg)',
  fg: 'var(--vp-c-text-1)',
  muted: 'var(--vp-c-text-2)',
  transparent: true,
}

/** Draws blocks of Mermaid while the site is built, in the colours of the reader's theme. */
export function drawDiagrams(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence?.bind(md.renderer.rules)
  md.renderer.rules.fence = (tokens, index, options, env, renderer) => {
    const token = tokens[index]
    if (token?.info.trim() !== 'mermaid') return fence?.(tokens, index, options, env, renderer) ?? ''
    // A page asks no other server for a font.
    const svg = renderMermaidSVG(token.content, colours).replace(/@import url\([^)]*\);/, '')
    return `<div class="diagram" v-html="${md.utils.escapeHtml(JSON.stringify(svg))}"></div>\n`
  }
}
