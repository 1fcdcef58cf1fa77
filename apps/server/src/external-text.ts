const CHARACTERS_MAX = 500

/** WeChat's openid: 28 characters, the first an `o`. */
const OPENID = /(?<![\w-])o[\w-]{27}(?![\w-])/g

/**
 * A text of Adyen's or WeChat's as it may be stored and logged: at most 500 characters, without
 * NUL and halves of characters, which no column can hold, and with openid and these secrets hidden.
 */
export function plainText(text: string, secrets: readonly string[] = []): string {
  const whole = text.replaceAll('\u0000', '').replaceAll(/\p{Surrogate}/gu, '')
  // Hidden before the text is cut: a half of a secret would not be found.
  const hidden = secrets
    .filter((secret) => secret !== '')
    .reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), whole)
    .replaceAll(OPENID, '[openid]')
  if (hidden.length <= CHARACTERS_MAX) return hidden
  return `${hidden.slice(0, CHARACTERS_MAX - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
