import { brand } from './merchant/shop.ts'

/** The colours of one theme by their names: `text` is `var(--text)` in WXSS. */
export type Colours = Readonly<Record<keyof typeof light, string>>

const light = {
  background: '#ededed',
  surface: '#ffffff',
  pressed: '#e3e3e3',
  skeleton: '#e9ebe9',
  text: '#1a1a1a',
  'text-secondary': '#5f5f5f',
  line: '#e2e2e2',
  button: brand.light.button,
  'button-pressed': brand.light.buttonPressed,
  'button-text': brand.light.buttonText,
  accent: brand.light.accent,
  'accent-soft': '#e3efe4',
  link: '#4c618f',
  warning: '#b3261e',
  notice: '#fff6e0',
  'notice-text': '#7a4f00',
  'picture-0': '#edf3ea',
  'picture-1': '#f6efe4',
  'picture-2': '#e9f0f6',
  'picture-3': '#f6eaea',
  'picture-4': '#efecf5',
  tabs: '#f7f7f7',
}

const dark: Colours = {
  background: '#111111',
  surface: '#1e1e1e',
  pressed: '#2c2c2c',
  skeleton: '#2a2b2a',
  text: '#e0e0e0',
  'text-secondary': '#a3a3a3',
  line: '#313131',
  button: brand.dark.button,
  'button-pressed': brand.dark.buttonPressed,
  'button-text': brand.dark.buttonText,
  accent: brand.dark.accent,
  'accent-soft': '#1d3326',
  link: '#93a7d1',
  warning: '#ff8a80',
  notice: '#352a12',
  'notice-text': '#f0c674',
  'picture-0': '#26302a',
  'picture-1': '#332c22',
  'picture-2': '#252d36',
  'picture-3': '#342729',
  'picture-4': '#2c2834',
  tabs: '#1e1e1e',
}

/**
 * Every colour of the shop, light and dark. The build makes `colours.wxss` and `theme.json` from
 * it, so that pages match what WeChat draws around them, and rejects text with too little contrast.
 */
export const colours: Readonly<Record<'light' | 'dark', Colours>> = { light, dark }
