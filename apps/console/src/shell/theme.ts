import { Badge, createTheme, type CSSVariablesResolver } from '@mantine/core'
import classes from './theme.module.css'

/** Calm and dense: one accent colour, and the system's own letters. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily:
    "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Badge: Badge.extend({
      classNames: { root: classes['badge'] ?? '', label: classes['badgeLabel'] ?? '' },
    }),
  },
})

/** Where the library's own colours have less contrast than WCAG 2.2 AA asks for: 4.5 to 1. */
export const contrast: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-teal-light-color': '#056246',
    '--mantine-color-yellow-light-color': '#7a4a00',
    '--mantine-color-red-light-color': '#b02525',
    '--mantine-color-gray-light-color': '#495057',
  },
  dark: { '--mantine-color-dimmed': '#a6a7ab' },
})
