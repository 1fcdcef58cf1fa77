import { spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildMiniProgram } from '../build/mini-program.ts'
import { colours } from '../src/colours.ts'

/** WeChat ships its compilers as executables for some machines only (npm miniprogram-compiler). */
const runsHere = process.platform === 'linux' && process.arch === 'x64'

describe.skipIf(!runsHere)(
  `WeChat's own compilers${runsHere ? '' : ', skipped: they run on x86-64 Linux only'}`,
  () => {
    let folder = ''
    let dist = ''
    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'wechat-compilers-'))
      dist = path.join(folder, 'dist')
      const programs = path.join(
        path.dirname(createRequire(import.meta.url).resolve('miniprogram-compiler/package.json')),
        'bin/linux',
      )
      for (const name of ['wcc', 'wcsc']) {
        // The package store holds them without the right to execute, and must not be changed.
        await copyFile(path.join(programs, name), path.join(folder, name))
        await chmod(path.join(folder, name), 0o755)
      }
      const budget = { total: Infinity, script: Infinity }
      const source = path.join(import.meta.dirname, '../src')
      await buildMiniProgram({ source, output: dist, budget, appId: 'wx1', palette: colours, pictures: [] })
    })
    afterAll(() => rm(folder, { recursive: true }))

    async function filesOf(kind: string): Promise<readonly string[]> {
      return (await readdir(dist, { recursive: true })).filter((file) => file.endsWith(kind))
    }

    /** The compiler's errors; empty where it accepts every file. */
    function complaints(program: string, parameters: readonly string[]): string {
      const { status, stderr, error } = spawnSync(path.join(folder, program), parameters, { cwd: dist })
      if (error !== undefined) throw error
      return status === 0 ? '' : stderr.toString()
    }

    const compileTemplates = async () => complaints('wcc', ['-d', '-cc', '0', ...(await filesOf('.wxml'))])
    const compileStyles = async () => complaints('wcsc', ['-db', '-pc', '0', ...(await filesOf('.wxss'))])

    test('accept every template and every style sheet', async () => {
      expect((await filesOf('.wxml')).length).toBeGreaterThan(8)
      expect(await compileTemplates()).toBe('')
      expect(await compileStyles()).toBe('')
    })

    test('reject a broken one', async () => {
      const page = path.join(dist, 'pages/result/result.wxml')
      await writeFile(page, `<view>${await readFile(page, 'utf8')}`)
      expect(await compileTemplates()).toContain('pages/result/result.wxml')
      const styles = path.join(dist, 'pages/result/result.wxss')
      await writeFile(styles, '.result { color: red;')
      expect(await compileStyles()).toContain('pages/result/result.wxss')
    })
  },
)
