import { defineConfig } from 'vitepress'
import { anchorOf, shareAnchors } from './anchors.ts'
import { drawDiagrams } from './diagrams.ts'

import { joinChineseLines } from './line-breaks.ts'
import { followLinks } from './links.ts'
import { tokenize } from './search.ts'
import { checkSidebar, chineseSidebar, englishSidebar } from './sidebar.ts'

checkSidebar()

/** The site of this folder: the demo serves it under /docs/. A dead link fails the build. */
export default defineConfig({
  title: 'Tael',
  description: 'WeChat Pay in a WeChat Mini Program through Adyen, API-only',
  base: '/docs/',
  outDir: 'dist',
  cacheDir: '../node_modules/.cache/docs',
  srcExclude: ['node_modules/**', 'dist/**'],
  metaChunk: true,
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    anchor: { slugify: anchorOf },
    // A block without a language is one of commands.
    defaultHighlightLang: 'sh',
    config(md) {
      followLinks(md)
      drawDiagrams(md)
      shareAnchors(md)
      joinChineseLines(md)
    },
  },
  themeConfig: {
    outline: { level: [2, 3] },
    externalLinkIcon: true,
    search: {
      provider: 'local',
      options: {
        miniSearch: { options: { tokenize } },
        locales: { 'zh-cn': { translations: chineseSearch() } },
      },
    },
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: { nav: [{ text: 'Start', link: '/start' }], sidebar: [...englishSidebar] },
    },
    'zh-cn': {
      label: '简体中文',
      lang: 'zh-CN',
      description: '通过 Adyen 在微信小程序中收取微信支付，纯 API 接入',
      themeConfig: {
        nav: [{ text: '开始', link: '/zh-cn/start' }],
        sidebar: [...chineseSidebar],
        outline: { level: [2, 3], label: '本页目录' },
        docFooter: { prev: '上一页', next: '下一页' },
        darkModeSwitchLabel: '外观',
        lightModeSwitchTitle: '切换到浅色',
        darkModeSwitchTitle: '切换到深色',
        sidebarMenuLabel: '目录',
        returnToTopLabel: '回到顶部',
        langMenuLabel: '切换语言',
        skipToContentLabel: '跳到正文',
        notFound: {
          title: '页面不存在',
          quote: '请检查网址，或从首页查找。',
          linkLabel: '回到首页',
          linkText: '回到首页',
        },
      },
    },
  },
})

function chineseSearch() {
  return {
    button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
    modal: {
      displayDetails: '显示详细内容',
      resetButtonTitle: '清空',
      backButtonTitle: '关闭搜索',
      noResultsText: '没有找到',
      footer: { selectText: '打开', navigateText: '选择', closeText: '关闭' },
    },
  }
}
