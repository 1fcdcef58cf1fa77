import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildHostedProgram } from '../src/build/hosted-program.ts'
import { BuildError, type BuildProblem, describeProblem } from '../src/build/problems.ts'
import { HOST_COMPONENTS, WECHAT_COMPONENTS } from '../src/components.ts'
import { fixtureDir, unseenProgramDir } from './stage.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'miniprogram-build-'))
  cpSync(fixtureDir, path.join(dir, 'program'), { recursive: true })
})
afterEach(() => rmSync(dir, { recursive: true }))

const built = (file: string): string => readFileSync(path.join(dir, 'out', file), 'utf8')
const run = (): Promise<readonly BuildProblem[]> =>
  buildHostedProgram({ programDir: path.join(dir, 'program'), outDir: path.join(dir, 'out') })
const change = (file: string, edit: (text: string) => string): void => {
  const target = path.join(dir, 'program', file)
  writeFileSync(target, edit(readFileSync(target, 'utf8')))
}

describe('the page of a Mini Program', () => {
  test('contains every script byte for byte', async () => {
    await run()
    for (const file of ['app.js', 'pages/home/home.js', 'components/stepper/stepper.js'])
      expect(built('program.js')).toContain(readFileSync(path.join(fixtureDir, file), 'utf8'))
  })

  test('has no inline script, and its assets beside it', async () => {
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

test('accepts every component of WeChat, and warns of those that the host draws as boxes', async () => {
  change('pages/cart/cart.wxml', () => WECHAT_COMPONENTS.map((name) => `<${name} />`).join('\n'))
  const warned = (await run()).filter(({ file }) => file === 'pages/cart/cart.wxml')
  expect(warned).toHaveLength(WECHAT_COMPONENTS.length - HOST_COMPONENTS.length)
  expect(warned.map(describeProblem)).toContain(
    `pages/cart/cart.wxml:${WECHAT_COMPONENTS.indexOf('map') + 1}: this host draws <map> as a box`,
  )
})

describe('a project that needs no build', () => {
  beforeEach(() => cpSync(unseenProgramDir, path.join(dir, 'program'), { recursive: true, force: true }))
  beforeEach(() => rmSync(path.join(dir, 'program/app.json')))

  test('is built without what is not uploaded, and warns by name of what the host lacks', async () => {
    mkdirSync(path.join(dir, 'program/miniprogram/node_modules/tool'), { recursive: true })
    writeFileSync(path.join(dir, 'program/miniprogram/node_modules/tool/cli.js'), 'not = = javascript')
    expect((await run()).map(describeProblem)).toEqual([
      'app.json:4: "preloadRule" is ignored: this host loads every subpackage with the program',
      'app.json:5: "plugins" is ignored: this host runs no plugins',
      'app.json:6: this host draws Skyline pages as it draws the others',
      'app.json:3: the independent subpackage orders/ starts with the app in this host',
      'pages/me/me.json:1: this host draws <acme-map> as a box: it has no plugin://map/map',
    ])
    expect(built('assets/tab.svg')).toContain('<svg')
  })

  test('has the tab bar of its list where its own is missing', async () => {
    rmSync(path.join(dir, 'program/miniprogram/custom-tab-bar'), { recursive: true })
    expect((await run()).map(describeProblem)).toContain(
      'app.json:8: custom-tab-bar/index.wxml is missing: this host draws the tab bar by its list',
    )
  })

  test('names a syntax error in an ES module', async () => {
    change('miniprogram/pricing/index.js', (text) => `${text}\nexport const = 1\n`)
    expect((await problemsOf(run())).join('\n')).toMatch(/^pricing\/index\.js:\d+: /m)
  })
})

type Edit = (text: string) => string

/** A fault, its file, and the problem; a pattern where the text is a compiler's. */
const faults: readonly (readonly [string, string, Edit, string | RegExp])[] = [
  [
    'a compiler warning',
    'pages/cart/cart.wxml',
    (text) => `${text}<view>`,
    /^pages\/cart\/cart\.wxml:\d+: .*tag/m,
  ],
  [
    'a bad expression',
    'pages/cart/cart.wxml',
    () => '<view>{{ a b }}</view>',
    /^pages\/cart\/cart\.wxml:1: /m,
  ],
  [
    'an undeclared component',
    'pages/cart/cart.wxml',
    () => '<view>\n<stepper /></view>',
    'pages/cart/cart.wxml:2: <stepper> is neither a component of WeChat nor declared in pages/cart/cart.json',
  ],
  [
    'a missing template',
    'pages/cart/cart.wxml',
    () => '<view />\n<import src="../gone.wxml" />',
    'pages/cart/cart.wxml:2: pages/gone.wxml is missing',
  ],
  [
    'a missing WXS script',
    'pages/cart/cart.wxml',
    () => '<wxs src="/gone.wxs" module="gone" />',
    'pages/cart/cart.wxml:1: gone.wxs is missing',
  ],
  [
    'a missing page',
    'app.json',
    (text) => text.replace('pages/broken/broken', 'pages/cart/other'),
    'app.json:6: pages/cart/other.wxml is missing',
  ],
  [
    'a missing component',
    'pages/home/home.json',
    (text) => text.replace('/components/stepper/stepper', '/components/stepper/gone'),
    'pages/home/home.json:5: components/stepper/gone.wxml is missing',
  ],
  ['a syntax error in a script', 'log.js', (text) => `${text}\nconst = 1\n`, /^log\.js:\d+: /m],
  ['a syntax error in a style sheet', 'app.wxss', (text) => `${text}\n.a { color: red`, /^app\.wxss:\d+: /m],
  [
    'a missing style sheet',
    'app.wxss',
    (text) => text.replace('base', 'gone'),
    'app.wxss:1: @import: gone.wxss is missing',
  ],
  [
    'a missing tab icon',
    'app.json',
    (text) => text.replace('images/dot.svg', 'images/no.svg'),
    'app.json:19: images/no.svg is missing',
  ],
  [
    'a missing tab icon of a theme',
    'theme.json',
    (text) => text.replace('images/dot-dark.svg', 'images/no.svg'),
    'theme.json:3: images/no.svg is missing',
  ],
  [
    'a tab that is not a page',
    'app.json',
    (text) => text.replace('"pagePath": "pages/cart/cart"', '"pagePath": "pages/gone/gone"'),
    'app.json:20: the tab pages/gone/gone is not in "pages"',
  ],
  [
    'a missing sitemap',
    'app.json',
    (text) => text.replace('"darkmode"', '"sitemapLocation": "sitemap.json",\n"darkmode"'),
    'app.json:24: sitemap.json is missing',
  ],
  [
    'an unknown theme variable',
    'theme.json',
    (text) => text.replace('navText', 'other'),
    'app.json:13: the light theme does not define @navText',
  ],
  ['a syntax error in JSON', 'pages/cart/cart.json', () => '{', /^pages\/cart\/cart\.json:1: /m],
  [
    'a colour scheme among other conditions',
    'base.wxss',
    () => '@media (prefers-color-scheme: dark) and (min-width: 1px) {}',
    'base.wxss:1: this host supports prefers-color-scheme only as the sole condition',
  ],
]

describe('fails with file and line on', () => {
  test.each(faults)('%s', async (_name, file, edit, problem) => {
    change(file, edit)
    expect((await problemsOf(run())).join('\n')).toMatch(problem)
  })

  test('a missing app.json', async () => {
    rmSync(path.join(dir, 'program/app.json'))
    expect(await problemsOf(run())).toEqual(['app.json: the file is missing'])
  })

  test('several faults, and names them all', async () => {
    change('pages/cart/cart.wxml', () => '<stepper />')
    change('log.js', () => 'const = 1')
    change('app.json', (text) => text.replace('pages/broken/broken', 'pages/cart/other'))
    expect(await problemsOf(run())).toEqual([
      'app.json:6: pages/cart/other.js is missing',
      'app.json:6: pages/cart/other.wxml is missing',
      'pages/cart/cart.wxml:1: <stepper> is neither a component of WeChat nor declared in pages/cart/cart.json',
      expect.stringMatching(/^log\.js:1: /),
    ])
  })
})

async function problemsOf(running: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await running.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof BuildError)) throw error ?? new Error('The build did not fail.')
  for (const each of error.problems) expect(error.message).toContain(describeProblem(each))
  return error.problems.map(describeProblem)
}
