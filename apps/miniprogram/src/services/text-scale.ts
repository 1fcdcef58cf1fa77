/** Twice the type, as WCAG 1.4.4 asks; beyond this the narrowest phones run out of room. */
const SCALE_MAX = 2
/** Beyond this, what stays in view while a page scrolls would cover too much of it. */
const PINNED_SCALE_MAX = 1.2

function scaleFactor(): number {
  const { fontSizeScaleFactor } = wx.getAppBaseInfo()
  return Math.min(Math.max(fontSizeScaleFactor, 1), SCALE_MAX)
}

/** The style of a page's root: the text size of WeChat, Settings, General, Text size. */
export function textScale(): string {
  return `--text-scale: ${scaleFactor()}`
}

/** Whether text is so large that nothing may stay in view while a page scrolls. */
export function hasLargeText(): boolean {
  return scaleFactor() > PINNED_SCALE_MAX
}
