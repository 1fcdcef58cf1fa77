import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildHostedProgram } from '../src/build/index.ts'
import { fixtureDir } from './stage.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'miniprogram-build-'))
  cpSync(fixtureDir, path.join(dir, 'program'), { recursive: true })
})
afterEach(() => rmSync(dir, { recursive: true }))

const built = (file: string): string => readFileSync(path.join(dir, 'out', file), 'utf8')
const run = (): Promise<void> =>
  buildHostedProgram({ programDir: path.join(dir, 'program'), outDir: path.join(dir, 'out') })
const change = (file: string, edit: (text: string) => string): void => {
  const target = path.join(dir, 'program', file)
  writeFileSync(target, edit(readFileSync(target, 'utf8')))
}

describe('a sound Mini Program', () => {
  test('keeps every byte of every script', async () => {
    await run()
    for (const file of ['app.js', 'pages/home/home.js', 'components/stepper/stepper.js'])
      expect(built('program.js')).toContain(readFileSync(path.join(fixtureDir, file), 'utf8'))
  })

  test('becomes a page without inline script, and its assets lie beside it', async () => {
    await run()
    expect(built('index.html')).not.toMatch(/<script(?![^>]*src=)/)
    expect(built('assets/images/dot.svg')).toContain('<svg')
  })

  test('translates WXSS: rpx, vh, tags, imports, isolation, theme, safe areas', async () => {
    writeFileSync(
      path.join(dir, 'program/pages/cart/cart.wxss'),
      'view.a { height: 100vh; margin: -20rpx 0; padding-bottom: env(safe-area-inset-bottom, 0px) }',
    )
    await run()
    const css = built('program.css')
    expect(css).toContain('.wide { width: 100vw; }')
    expect(css).toContain(':where([data-theme="dark"]) wx-page')
    expect(css).toContain('.s0--card')
    expect(css).toContain('[wx-host=s0] { display: block; }')
    expect(css).toContain(
      ':where([data-page="pages/cart/cart"]) wx-view.a { height: 100cqh; margin: -2.66667vw 0; ' +
        'padding-bottom: var(--safe-area-inset-bottom, 0px) }',
    )
  })
})

describe('fails with file and line', () => {
  const cases: [string, string, (text: string) => string, RegExp][] = [
    ['a compiler warning', 'pages/cart/cart.wxml', (text) => `${text}<view>`, /cart\.wxml:\d+: .*tag/],
    ['a bad expression', 'pages/cart/cart.wxml', () => '<view>{{ a b }}</view>', /cart\.wxml:1: /],
    [
      'an element the host has not',
      'pages/cart/cart.wxml',
      () => '<view>\n<swiper /></view>',
      /cart\.wxml:2: <swiper>/,
    ],
    [
      'a missing page',
      'app.json',
      (text) => text.replace('pages/broken/broken', 'pages/gone/gone'),
      /app\.json:2: pages\/gone\/gone/,
    ],
    [
      'a missing component',
      'pages/home/home.json',
      (text) => text.replace('/components/stepper/stepper', '/components/gone/gone'),
      /home\.json:5: \/components\/gone\/gone/,
    ],
    ['a script that is none', 'log.js', (text) => `${text}\nconst = 1\n`, /log\.js:\d+: /],
    ['a style that is none', 'app.wxss', (text) => `${text}\n.a { color: red`, /app\.wxss:\d+: /],
    [
      'a missing import',
      'app.wxss',
      (text) => text.replace('base', 'gone'),
      /app\.wxss:1: @import: gone\.wxss/,
    ],
    [
      'a missing tab icon',
      'app.json',
      (text) => text.replace('images/dot.svg', 'images/no.svg'),
      /images\/no\.svg/,
    ],
    [
      'an unknown theme variable',
      'theme.json',
      (text) => text.replaceAll('navText', 'other'),
      /@navText is not/,
    ],
    ['JSON that is none', 'pages/cart/cart.json', () => '{', /cart\.json:1: /],
    [
      'a colour scheme among other conditions',
      'app.wxss',
      (text) =>
        text.replace('(prefers-color-scheme: dark)', '(prefers-color-scheme: dark) and (min-width: 1px)'),
      /app\.wxss:5: prefers-color-scheme/,
    ],
  ]
  test.each(cases)('%s', async (_name, file, edit, message) => {
    change(file, edit)
    await expect(run()).rejects.toThrow(message)
  })

  test('and names every problem at once', async () => {
    change('pages/cart/cart.wxml', () => '<swiper />')
    change('log.js', () => 'const = 1')
    await expect(run()).rejects.toThrow(/cart\.wxml:1:[\s\S]*log\.js:1:/)
  })
})
