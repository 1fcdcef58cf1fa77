/** Twice the type, as WCAG 1.4.4 asks; beyond this the narrowest phones run out of room. */
const SCALE_MAX = 2

/** The style of a page's root: the text size of WeChat, Settings, General, Text size. */
export function textScale(): string {
  const { fontSizeScaleFactor } = wx.getAppBaseInfo()
  return `--text-scale: ${Math.min(Math.max(fontSizeScaleFactor, 1), SCALE_MAX)}`
}
