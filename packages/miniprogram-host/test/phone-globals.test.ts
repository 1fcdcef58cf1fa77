import { createRequire } from 'node:module'
import type { CompatData, SimpleSupportStatement } from '@mdn/browser-compat-data'
import { getBrowsersList } from 'miniprogram-compat'
import { describe, expect, test } from 'vitest'
import { LANGUAGE_GLOBALS, MISSING_GLOBALS, PHONE_ENGINES } from '../src/build/phone-globals.ts'

// As a module the 20 MB would first go through Vite.
const compatibility: CompatData = createRequire(import.meta.url)('@mdn/browser-compat-data')
const builtins = compatibility.javascript['builtins'] ?? {}

/** The versions of the two engines that first had a global of ECMAScript, by MDN. */
function addedIn(name: string): { readonly ios: number; readonly chrome: number } {
  // A class may be older as an idea than as a global: its constructor has an entry of its own.
  const entry = builtins[name]?.[name] ?? builtins[name]
  const { safari_ios, webview_android } = entry?.['__compat']?.support ?? {}
  return { ios: versionOf([safari_ios].flat()[0]), chrome: versionOf([webview_android].flat()[0]) }
}

function versionOf(statement: SimpleSupportStatement | undefined): number {
  return Number.parseFloat(String(statement?.version_added).replace('≤', ''))
}

test('the engines are those of base library 3.6', () => {
  const { ios, chrome } = PHONE_ENGINES
  expect(getBrowsersList('3.6.0')).toEqual([`ios ${ios}`, `chrome ${chrome}`])
})

describe('the globals of the language on phones', () => {
  test.each(LANGUAGE_GLOBALS)('%s is in both engines', (name) => {
    const { ios, chrome } = addedIn(name)
    expect(ios).toBeLessThanOrEqual(PHONE_ENGINES.ios)
    expect(chrome).toBeLessThanOrEqual(PHONE_ENGINES.chrome)
  })

  test('leave out only what an engine lacks, or WeChat', () => {
    const missing = MISSING_GLOBALS.filter((name) => name in builtins)
    const inEngines = missing.filter((name) => {
      const { ios, chrome } = addedIn(name)
      return ios <= PHONE_ENGINES.ios && chrome <= PHONE_ENGINES.chrome
    })
    // Android's WeChat has no Intl (glass-easel#270).
    expect(inEngines).toEqual(['Intl'])
  })
})

test('what a phone hides and lacks is missing, and nothing that it has', () => {
  const hidden =
    'window document fetch URL TextEncoder Intl crypto WeakRef process Buffer webkit WeixinJSCore'
  expect(MISSING_GLOBALS).toEqual(expect.arrayContaining(hidden.split(' ')))
  for (const name of ['Object', 'Promise', 'console', 'setTimeout', 'wx', 'require', 'globalThis'])
    expect(MISSING_GLOBALS).not.toContain(name)
})
