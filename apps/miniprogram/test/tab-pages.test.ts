import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { tabPages } from '../src/services/tab-pages.ts'

test('the tabs of app.json are the ones that the code labels', async () => {
  const app: unknown = JSON.parse(await readFile(new URL('../src/app.json', import.meta.url), 'utf8'))
  const list = tabPages.map((pagePath) => expect.objectContaining({ pagePath }))
  expect(app).toMatchObject({ tabBar: { list } })
})
