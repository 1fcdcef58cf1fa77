/**
 * The terms of a text: words, and of Chinese, which separates none, each two characters that follow each other. The
 * browser gets this function as text, so it uses nothing outside of itself.
 */
export const tokenize = (text: string): string[] =>
  text.split(/[\n\r\p{Z}\p{P}]+/u).flatMap((word) =>
    (word.match(/\p{Script=Han}+|[^\p{Script=Han}]+/gu) ?? []).flatMap((run) => {
      const characters = /\p{Script=Han}/u.test(run) ? Array.from(run) : []
      if (characters.length < 3) return [run]
      return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
    }),
  )
