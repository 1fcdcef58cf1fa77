/** WeChat's own text size may double the type; beyond this the narrowest phones have no room left. */
const SCALE_MAX = 1.75

/** The style of a page's root: how much larger than usual the shopper reads (WeChat, Settings, General, Text size). */
export function textScale(): string {
  const { fontSizeScaleFactor } = wx.getAppBaseInfo()
  return `--text-scale: ${Math.min(Math.max(fontSizeScaleFactor, 1), SCALE_MAX)}`
}
