import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { shopperRoutes } from '@tael/contracts'
import { BuildError, describeProblem } from '@tael/miniprogram-host/check'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildMiniProgram } from '../build/mini-program.ts'
import type { Palette } from '../build/colours.ts'
import { sizeTable } from '../build/sizes.ts'
import { uploadProblems } from '../build/upload-problems.ts'
import { colours } from '../src/colours.ts'
import { goods } from '../src/merchant/goods.ts'
import { brand } from '../src/merchant/shop.ts'

const app = path.dirname(import.meta.dirname)
const budget = { total: 150 * 1024, script: 60 * 1024 }
const pictures = goods.flatMap(({ picture }) => picture ?? [])
let workshop = ''

beforeAll(async () => {
  // In node_modules the copies find the packages, and no other check reads them.
  const parent = path.join(app, 'node_modules', '.tael')
  await mkdir(parent, { recursive: true })
  workshop = await mkdtemp(path.join(parent, 'build-'))
})

afterAll(async () => {
  await rm(workshop, { recursive: true })
})

/** The options that build the Mini Program as it is. */
const build = (output: string) => ({
  source: path.join(app, 'src'),
  output,
  budget,
  appId: 'wx1',
  palette: colours,
  pictures,
})

/** Changes a copy of the source. */
async function changed(change: (source: string) => Promise<unknown>): Promise<string> {
  const source = await mkdtemp(path.join(workshop, 'src-'))
  await cp(path.join(app, 'src'), source, { recursive: true })
  await change(source)
  return source
}

async function problemsOf(
  source: string,
  limits = budget,
  palette: Palette = colours,
): Promise<readonly string[]> {
  const output = path.join(source, '..', `${path.basename(source)}-dist`)
  const error: unknown = await buildMiniProgram({ ...build(output), source, budget: limits, palette }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof BuildError)) throw error ?? new Error('The build should have failed.')
  await expect(readdir(output), 'a failed build writes nothing').rejects.toThrow('ENOENT')
  return error.problems.map(describeProblem)
}

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  expect(text).toContain(from)
  await writeFile(file, text.replace(from, to))
}

describe('the build', () => {
  test('writes a folder that DevTools opens, with every file that it names', async () => {
    const output = path.join(workshop, 'dist')
    const sizes = await buildMiniProgram(build(output))
    const files = new Set(
      (await readdir(output, { recursive: true })).map((file) => file.replaceAll(path.sep, '/')),
    )
    const json = async (file: string) => JSON.parse(await readFile(path.join(output, file), 'utf8'))

    const project = await json('project.config.json')
    expect(project).toMatchObject({ appid: 'wx1', compileType: 'miniprogram' })
    expect(path.resolve(output, project.miniprogramRoot)).toBe(output)
    const config = await json('app.json')
    for (const page of config.pages)
      for (const kind of ['js', 'json', 'wxml', 'wxss']) expect(files).toContain(`${page}.${kind}`)
    for (const file of ['app.js', 'app.wxss', config.sitemapLocation, config.themeLocation])
      expect(files).toContain(file)
    expect([...files].filter((file) => file.endsWith('.ts'))).toEqual([])
    expect(pictures.length).toBeGreaterThan(0)
    for (const picture of pictures) expect(files).toContain(picture.slice(1))
    expect(await json('theme.json')).toMatchObject({
      light: { homeSelected: 'icons/home-selected.png' },
      dark: { tabSelected: brand.dark.accent, homeSelected: 'icons/home-selected-dark.png' },
    })
    // The icon of the selected tab has the shop's colour.
    const icon = PNG.sync.read(await readFile(path.join(output, 'icons/home-selected-dark.png')))
    const solid = icon.data.findIndex((alpha, index) => index % 4 === 3 && alpha === 255) - 3
    expect(`#${icon.data.subarray(solid, solid + 3).toString('hex')}`).toBe(brand.dark.accent)
    const styles = await readFile(path.join(output, 'colours.wxss'), 'utf8')
    expect(styles).toContain(`--button:${brand.light.button};`)
    expect(sizeTable(sizes, budget)).toMatch(
      /^package +\d+\.\d KB {2}budget 150\.0 KB, WeChat's limit 2048\.0 KB$/m,
    )
  })

  test('contains every module once, so that pages share its state', async () => {
    const output = path.join(workshop, 'once')
    await buildMiniProgram(build(output))
    const files = (await readdir(output, { recursive: true })).filter((file) => file.endsWith('.js'))
    const texts = await Promise.all(files.map((file) => readFile(path.join(output, file), 'utf8')))
    expect(texts.filter((text) => text.includes('wx.requestPayment({'))).toHaveLength(1)
    // A phone has no use for the documentation of the contract.
    expect(texts.filter((text) => text.includes(shopperRoutes.login.path))).toHaveLength(1)
    expect(texts.filter((text) => text.includes(shopperRoutes.login.summary))).toEqual([])
    // Nor for a price of the day of the build: the server names it.
    const [first] = goods
    expect(texts.filter((text) => text.includes(first?.id ?? ''))).toHaveLength(1)
    for (const known of [first?.name.en, String(first?.prices.CNY)])
      expect(texts.filter((text) => text.includes(known ?? ''))).toEqual([])
  })

  test('declares the address of the shopper where the shop delivers, and has no trace of it elsewhere', async () => {
    const delivering = await changed((root) =>
      edit(path.join(root, 'merchant/shop.ts'), 'delivery: boolean = false', 'delivery: boolean = true'),
    )
    const declared: unknown[] = []
    const calling: boolean[] = []
    for (const source of [path.join(app, 'src'), delivering]) {
      const output = await mkdtemp(path.join(workshop, 'private-'))
      await buildMiniProgram({ ...build(output), source })
      declared.push(JSON.parse(await readFile(path.join(output, 'app.json'), 'utf8')).requiredPrivateInfos)
      calling.push((await readFile(path.join(output, 'shared.js'), 'utf8')).includes('wx.chooseAddress'))
    }
    expect(declared).toEqual([undefined, ['chooseAddress']])
    expect(calling).toEqual([false, true])
  })

  test('has the simulated cashier only where the shop asks for it, and may then not be uploaded', async () => {
    const simulated = await changed((root) =>
      edit(path.join(root, 'merchant/shop.ts'), 'simulatesWeChat: boolean = false', 'simulatesWeChat = true'),
    )
    const found: (readonly string[])[] = []
    for (const source of [path.join(app, 'src'), simulated]) {
      const output = await mkdtemp(path.join(workshop, 'simulated-'))
      await buildMiniProgram({ ...build(output), source, budget: { ...budget, script: Infinity } })
      found.push((await uploadProblems(output)).map(describeProblem))
    }
    expect(found).toEqual([[], ['vendor.js: it contains the simulated cashier, with which nobody pays']])
  })

  test('keeps the settings that DevTools stored in the folder, and nothing else', async () => {
    const output = path.join(workshop, 'kept')
    await mkdir(output)
    await writeFile(path.join(output, 'project.private.config.json'), '{"mine":true}')
    await writeFile(path.join(output, 'old.js'), '')
    await buildMiniProgram(build(output))
    expect(await readFile(path.join(output, 'project.private.config.json'), 'utf8')).toBe('{"mine":true}')
    expect(await readdir(output)).not.toContain('old.js')
  })
})

describe('the build fails on', () => {
  test('a global that phones lack', async () => {
    const source = await changed((root) =>
      edit(path.join(root, 'views/time.ts'), 'new Date(instant)', 'new Date(new URL(instant).href)'),
    )
    expect(await problemsOf(source)).toEqual([expect.stringContaining('URL is not a global on every phone')])
  })

  test('new Function', async () => {
    const source = await changed((root) =>
      edit(
        path.join(root, 'pages/home/home.ts'),
        'showGoods() {',
        'showGoods() { void new Function("return 1")()',
      ),
    )
    expect(await problemsOf(source)).toContain(
      'pages/home/home.js:1: Function is not a global on every phone',
    )
  })

  test('a missing page', async () => {
    const source = await changed((root) => rm(path.join(root, 'pages/order/order.wxml')))
    expect(await problemsOf(source)).toEqual(['app.json:6: pages/order/order.wxml is missing'])
  })

  test('a missing component', async () => {
    const source = await changed((root) => rm(path.join(root, 'components/state-view/state-view.ts')))
    expect(await problemsOf(source)).toContain(
      'pages/home/home.json:3: components/state-view/state-view.ts is missing',
    )
  })

  test('a missing icon, theme colour or tab', async () => {
    const source = await changed(async (root) => {
      await rm(path.join(root, 'icons/cart.png'))
      await edit(path.join(root, 'app.json'), '"@tabText"', '"@tabInk"')
      await edit(
        path.join(root, 'app.json'),
        '"pagePath": "pages/orders/orders"',
        '"pagePath": "pages/gone/gone"',
      )
    })
    expect(await problemsOf(source)).toEqual([
      'app.json:34: the tab pages/gone/gone is not in "pages"',
      'app.json:30: icons/cart.png is missing',
      'app.json:16: the light theme does not define @tabInk',
      'app.json:16: the dark theme does not define @tabInk',
    ])
  })

  test('a missing picture of a product', async () => {
    const source = await changed((root) => rm(path.join(root, 'pictures/tea-longjing.svg')))
    expect(await problemsOf(source)).toEqual([
      'pictures/tea-longjing.svg is missing, the picture of a product',
    ])
  })

  test('a warning of the template compiler', async () => {
    const source = await changed((root) =>
      edit(path.join(root, 'pages/cart/cart.wxml'), '{{ t.browse }}', '{{ t.browse + }}'),
    )
    expect(await problemsOf(source)).toEqual([expect.stringMatching(/^pages\/cart\/cart\.wxml:\d+: /)])
  })

  test('an undeclared tag, and missing templates and scripts', async () => {
    const source = await changed(async (root) => {
      const file = path.join(root, 'pages/cart/cart.wxml')
      const text = await readFile(file, 'utf8')
      await writeFile(
        file,
        `<import src="../gone.wxml" /><wxs src="./gone.wxs" module="gone" /><stat-view />${text}`,
      )
    })
    const problems = await problemsOf(source)
    expect(problems).toEqual(
      expect.arrayContaining([
        'pages/cart/cart.wxml:1: pages/gone.wxml is missing',
        'pages/cart/cart.wxml:1: pages/cart/gone.wxs is missing',
        'pages/cart/cart.wxml:1: <stat-view> is neither a component of WeChat nor declared in pages/cart/cart.json',
      ]),
    )
  })

  test('a text colour with too little contrast', async () => {
    const source = await changed(async () => {})
    const pale: Palette = { ...colours, light: { ...colours.light, button: '#07c160' } }
    expect(await problemsOf(source, budget, pale)).toEqual([
      'light theme: button-text on button has a contrast of 2.4, below 4.5',
    ])
  })

  test('a package over its budget', async () => {
    const source = await changed(async () => {})
    expect(await problemsOf(source, { total: 50 * 1024, script: 20 * 1024 })).toEqual([
      expect.stringMatching(/^the package has .* more than its budget of 50\.0 KB$/),
      expect.stringMatching(/^its script has .* more than its budget of 20\.0 KB$/),
    ])
  })

  test('a missing import', async () => {
    const source = await changed((root) =>
      edit(path.join(root, 'app.ts'), './services/products.ts', './services/gone.ts'),
    )
    await expect(problemsOf(source)).rejects.toThrow('./services/gone.ts')
  })
})
