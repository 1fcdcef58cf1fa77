import type { SiteData } from 'vitepress'

/** Whether an address of the site is not Chinese, or of a page in the Chinese sidebar, or the Chinese front page. */
export function translated(address: string, { base, locales }: SiteData): boolean {
  const page = address
    .replace(base, '/')
    .replace(/[#?].*$/, '')
    .replace(/\.html$/, '')
  if (!page.startsWith('/zh-cn/') || page === '/zh-cn/') return true
  return JSON.stringify(locales['zh-cn']?.themeConfig).includes(`"link":"${page}"`)
}
