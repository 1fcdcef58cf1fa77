import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { missingBrowser } from '@tael/stack/browser'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type OpenPhone, openStage, type Stage, unseenProgramDir } from './stage.ts'

const missing = missingBrowser()

let stage: Stage
const front = ({ phone }: OpenPhone): Locator => phone.locator('.host-screen:not([hidden])')
const texts = (phone: OpenPhone, type: 'warning' | 'error'): Promise<string[]> =>
  phone.messages().then((messages) => messages.flatMap((each) => (each.type === type ? [each.message] : [])))

describe.skipIf(missing)(
  `A program that the host has not seen${missing === undefined ? '' : `, skipped: ${missing}`}`,
  () => {
    beforeAll(async () => {
      stage = await openStage(unseenProgramDir)
    }, 20_000)
    afterAll(() => stage.close())

    test('requires ES modules, folders and npm packages', async () => {
      const phone = await stage.open()
      await expect
        .poll(() => front(phone).locator('[id$="--lines"]').innerText())
        .toBe('hello app hello page HELLO PAGE pricing 4')
      expect(await texts(phone, 'error')).toEqual([])
    })

    test('draws the component of a package, with its own components and style', async () => {
      const phone = await stage.open()
      const badge = front(phone).locator('[class$="--badge"]')
      await expect.poll(() => badge.innerText()).toBe('dot of badge index')
      expect(await badge.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(4, 5, 6)')
    })

    test('opens a page of a subpackage without .json, with the packages of both', async () => {
      const phone = await stage.open()
      await front(phone).getByRole('button', { name: 'Orders' }).click()
      await expect
        .poll(() => front(phone).locator('[id$="--orders"]').innerText())
        .toBe('orders paid hello orders tab bar none later later')
      await expect.poll(() => front(phone).innerText()).toContain('dot of badge orders')
    })

    test('draws a tab bar of its own on each tab, at the bottom and nowhere else', async () => {
      const phone = await stage.open()
      const tab = (name: string): Locator => front(phone).getByRole('button', { name })
      await expect.poll(() => tab('Index').innerText()).toMatch(/^Index selected 1$/)
      const bar = await front(phone).locator('[class$="--bar"]').boundingBox()
      expect(bar).toMatchObject({ x: 0, y: 844 - 50, width: 390, height: 50 })
      expect(
        await front(phone)
          .locator('wx-cover-image')
          .first()
          .evaluate((icon) => icon.clientWidth),
      ).toBe(20)

      await tab('Me').click()
      await expect.poll(() => tab('Me').innerText()).toMatch(/^Me selected 1$/)
      await tab('Index').click()
      await expect.poll(() => tab('Index').innerText()).toMatch(/^Index selected 2$/)
      await front(phone).getByRole('button', { name: 'Orders' }).click()
      await expect.poll(() => front(phone).locator('[id$="--orders"]').count()).toBe(1)
      expect(await front(phone).locator('[class$="--bar"]').count()).toBe(0)
    })

    test('shows its pages where app.js fails, and names the failure', async () => {
      const broken = mkdtempSync(path.join(tmpdir(), 'miniprogram-broken-'))
      onTestFinished(() => rmSync(broken, { recursive: true }))
      cpSync(unseenProgramDir, broken, { recursive: true })
      writeFileSync(path.join(broken, 'miniprogram/app.js'), "App({})\nrequire('gone')\n")
      const brokenStage = await openStage(broken)
      onTestFinished(() => brokenStage.close())
      const phone = await brokenStage.open()
      await front(phone).getByRole('button', { name: 'Me' }).click()
      await expect.poll(() => front(phone).innerText()).toContain('map here')
      expect(await texts(phone, 'error')).toContainEqual(
        expect.stringContaining("module 'gone' is not defined: app.js requires it"),
      )
    })

    test('is warned by name of what the host lacks', async () => {
      const phone = await stage.open()
      await front(phone).getByRole('button', { name: 'Set badge' }).click()
      await expect.poll(() => front(phone).locator('[id$="--lines"]').innerText()).toBe('setTabBarBadge:ok')
      await front(phone).getByRole('button', { name: 'Me' }).click()
      await expect.poll(() => front(phone).innerText()).toContain('map here')
      expect(await texts(phone, 'warning')).toEqual(
        expect.arrayContaining([
          expect.stringContaining('"preloadRule" is ignored'),
          expect.stringContaining('<acme-map> as a box: it has no plugin://map/map'),
          'wx.setTabBarBadge has no effect: the tab bar is custom',
        ]),
      )
      await front(phone).getByRole('button', { name: 'Index' }).click()
      await front(phone).getByRole('button', { name: 'Require missing' }).click()
      await expect
        .poll(() => texts(phone, 'error'))
        .toContainEqual(
          expect.stringContaining("module 'not-built' is not defined: pages/index/index.js requires it"),
        )
    })
  },
)
