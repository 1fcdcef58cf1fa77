import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import { translated } from './translated.ts'
import './site.css'

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ router, siteData }) {
    // Whoever changes the language on a page that is not translated gets to the front page.
    router.onBeforeRouteChange = (to) => {
      if (translated(to, siteData.value)) return true
      void router.go(`${siteData.value.base}zh-cn/`)
      return false
    }
  },
}

export default theme
