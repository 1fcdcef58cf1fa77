import { globSync } from 'node:fs'
import path from 'node:path'

interface Entry {
  /** The name in the sidebar. */
  readonly text: string
  /** A page of this folder, with an anchor where it is a part of one. */
  readonly link: string
}

interface Group {
  readonly text: string
  readonly items: Entry[]
}

/** The pages by who reads them. A page that is in no group fails the build. */
export const englishSidebar: readonly Group[] = [
  { text: 'Start', items: [{ text: 'What Tael is, and the demo', link: '/start' }] },
  {
    text: 'Merchant developer',
    items: [
      { text: 'Bring your own shop', link: '/existing-shop' },
      { text: 'Going live', link: '/going-live' },
      { text: 'Doctor', link: '/doctor' },
      { text: 'Adding a field', link: '/adding-a-field' },
    ],
  },
  {
    text: 'Operator',
    items: [
      { text: 'Finding an order', link: '/operating#finding-an-order' },
      { text: 'The overview', link: '/operating#the-overview' },
      { text: 'Refunds', link: '/operating#refunds' },
      { text: 'Shipping', link: '/operating#shipping' },
      { text: 'Stock and prices', link: '/operating#stock-and-prices' },
      { text: 'Settlement', link: '/operating#settlement' },
      { text: 'The console', link: '/operating#the-console' },
    ],
  },
  {
    text: 'Team that runs it',
    items: [
      { text: 'Installing', link: '/installing' },
      { text: 'Operating', link: '/operating' },
      { text: 'Monitoring', link: '/monitoring' },
      { text: 'Notifications', link: '/notifications' },
      { text: 'Personal data', link: '/privacy' },
      { text: 'Capacity', link: '/capacity' },
      { text: 'High availability', link: '/high-availability' },
      { text: 'Releases', link: '/releases' },
      { text: 'Upgrading and going back', link: '/operating#upgrading-and-going-back' },
      { text: 'Backup and restore', link: '/operating#backup-and-restore' },
      { text: 'What to watch in the log', link: '/operating#what-to-watch-in-the-log' },
    ],
  },
  {
    text: 'Why and proof',
    items: [
      { text: 'Decisions', link: '/decisions' },
      { text: 'Proof', link: '/proof' },
    ],
  },
]

/** The pages that are translated; the others are in English only. */
export const chineseSidebar: readonly Group[] = [
  { text: '开始', items: [{ text: 'Tael 是什么，以及演示', link: '/zh-cn/start' }] },
  {
    text: '商户开发者',
    items: [
      { text: '接入已有的商城', link: '/zh-cn/existing-shop' },
      { text: '上线', link: '/zh-cn/going-live' },
      { text: '安装检查 doctor', link: '/zh-cn/doctor' },
    ],
  },
  {
    text: '仅有英文',
    items: [
      { text: '安装', link: '/installing' },
      { text: '运营与退款', link: '/operating' },
      { text: '监控', link: '/monitoring' },
      { text: '通知', link: '/notifications' },
      { text: '个人信息', link: '/privacy' },
      { text: '容量', link: '/capacity' },
      { text: '高可用', link: '/high-availability' },
      { text: '版本发布', link: '/releases' },
      { text: '设计决定', link: '/decisions' },
      { text: '验证记录', link: '/proof' },
    ],
  },
]

/** Throws where a page is missing in the sidebar of its language, or an entry leads to no page. */
export function checkSidebar(): void {
  const pages = globSync('{,zh-cn/}*.md', { cwd: path.join(import.meta.dirname, '..') }).map(
    (file) => `/${file.replace(/\.md$/, '')}`,
  )
  const linked = [...englishSidebar, ...chineseSidebar].flatMap(({ items }) =>
    items.map(({ link }) => link.replace(/#.*/, '')),
  )
  const unlisted = pages.filter((page) => !page.endsWith('/index') && !linked.includes(page))
  if (unlisted.length > 0)
    throw new Error(`Add to a group of docs/.vitepress/sidebar.ts, by who reads it: ${unlisted.join(', ')}`)
  const missing = linked.filter((link) => !pages.includes(link))
  if (missing.length > 0)
    throw new Error(`Remove from docs/.vitepress/sidebar.ts, as no such page exists: ${missing.join(', ')}`)
}
