import type { BuildProblem } from '@tael/miniprogram-host/check'

/** The colours of each theme by name. */
export type Palette = Readonly<Record<'light' | 'dark', Readonly<Record<string, string>>>>

/** The colours as WXSS variables. */
export function colourStyles({ light, dark }: Palette): string {
  return `page{${variables(light)}}@media (prefers-color-scheme: dark){page{${variables(dark)}}}`
}

function variables(colours: Palette['light']): string {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('')
}

/** theme.json, for what WeChat draws around the pages (developers.weixin.qq.com, dark mode). */
export function themeFile(
  palette: Palette,
  icons: Readonly<Record<'light' | 'dark', Readonly<Record<string, string>>>>,
): string {
  const theme = (scheme: 'light' | 'dark'): object => {
    const colours = palette[scheme]
    const isLight = scheme === 'light'
    return {
      background: colours['background'],
      navigationText: isLight ? 'black' : 'white',
      pullDownText: isLight ? 'dark' : 'light',
      tabText: colours['text-secondary'],
      tabSelected: colours['accent'],
      tabBackground: colours['tabs'],
      tabBorder: isLight ? 'black' : 'white',
      ...icons[scheme],
    }
  }
  return JSON.stringify({ light: theme('light'), dark: theme('dark') })
}

/** WCAG 2.2, level AA, for text of normal size. */
const CONTRAST_MIN = 4.5

/** The backgrounds on which each text colour is used. */
const TEXT_ON: Readonly<Record<string, readonly string[]>> = {
  text: ['background', 'surface', 'pressed'],
  'text-secondary': ['background', 'surface', 'tabs'],
  'button-text': ['button', 'button-pressed'],
  accent: ['surface', 'accent-soft', 'tabs'],
  link: ['background', 'surface'],
  warning: ['background', 'surface'],
  'notice-text': ['background', 'surface', 'notice'],
}

/** Text colours with too little contrast for shoppers with low vision. */
export function contrastProblems(palette: Palette): readonly BuildProblem[] {
  return Object.entries(palette).flatMap(([scheme, colours]) =>
    Object.entries(TEXT_ON).flatMap(([text, grounds]) =>
      grounds
        .map((ground) => ({ ground, ratio: contrast(colours[text] ?? '', colours[ground] ?? '') }))
        .filter(({ ratio }) => !(ratio >= CONTRAST_MIN))
        .map(({ ground, ratio }) => ({
          message: `${scheme} theme: ${text} on ${ground} has a contrast of ${ratio.toFixed(1)}, below ${CONTRAST_MIN}`,
        })),
    ),
  )
}

/** The contrast ratio of two #rrggbb colours (WCAG 2.2); NaN where one has another form. */
function contrast(one: string, other: string): number {
  const [darker = NaN, lighter = NaN] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(colour: string): number {
  const [red = NaN, green = NaN, blue = NaN] = (/^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour) ?? [])
    .slice(1)
    .map((digits) => Number.parseInt(digits, 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
