import type { MarkdownRenderer } from 'vitepress'

const HAN = /\p{Script=Han}/u
/** Full width: it brings its own space, whatever stands beside it. */
const PUNCTUATION = /[，。、；：？！（）]/

/** Joins the lines of a Chinese paragraph: a browser would show a space where the source breaks the line. */
export function joinChineseLines(md: MarkdownRenderer): void {
  md.renderer.rules.softbreak = (tokens, index) => {
    const before = tokens[index - 1]?.content.at(-1) ?? ''
    const after = tokens[index + 1]?.content.at(0) ?? ''
    const isJoined =
      PUNCTUATION.test(before) || PUNCTUATION.test(after) || (HAN.test(before) && HAN.test(after))
    return isJoined ? '' : '\n'
  }
}
