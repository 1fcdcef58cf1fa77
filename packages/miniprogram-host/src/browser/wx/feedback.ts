import type { Overlays } from '../overlays.ts'
import type { Words } from '../words.ts'
import { asynchronous, asynchronousBare } from './api.ts'

/** WeChat's default of `duration`. */
const TOAST_MS = 1500

/** WeChat's limit per call (developers.weixin.qq.com, wx.requestSubscribeMessage). */
const TEMPLATES_MAX = 3

/** WeChat's limit (developers.weixin.qq.com, wx.showActionSheet). */
const ITEMS_MAX = 6

/** Toasts, loading indicators and dialogs. */
export function feedbackApis(overlays: Overlays, words: Words) {
  const hide =
    (name: 'hideToast' | 'hideLoading') =>
    (options: object = {}) =>
      asynchronous(name, () => {
        overlays.hideToast()
        return {}
      })(options)
  return {
    showToast: asynchronous('showToast', (options: WechatMiniprogram.ShowToastOption) => {
      const { title, icon = 'success', image, mask = false, duration = TOAST_MS } = options
      overlays.showToast({ text: title, icon, image, mask, durationMs: duration })
      return {}
    }),
    hideToast: hide('hideToast'),
    showLoading: asynchronous(
      'showLoading',
      ({ title, mask = false }: WechatMiniprogram.ShowLoadingOption) => {
        overlays.showToast({ text: title, icon: 'loading', mask })
        return {}
      },
    ),
    hideLoading: hide('hideLoading'),
    showModal: asynchronous('showModal', async (options: WechatMiniprogram.ShowModalOption) => {
      const { title = '', content = '', showCancel = true, editable = false } = options
      const { confirmText, cancelText, confirmColor, cancelColor, placeholderText } = options
      const answer = await overlays.showModal({
        title,
        content,
        showCancel,
        editable,
        confirmText,
        cancelText,
        confirmColor,
        cancelColor,
        placeholder: placeholderText,
      })
      return { confirm: answer.confirm, cancel: !answer.confirm, content: answer.content }
    }),
    showActionSheet: asynchronous(
      'showActionSheet',
      async ({ itemList, itemColor, alertText = '' }: WechatMiniprogram.ShowActionSheetOption) => {
        if (itemList.length === 0 || itemList.length > ITEMS_MAX)
          throw new Error(`fail parameter error: itemList has ${itemList.length} items`)
        const tapIndex = await overlays.showActionSheet({ alertText, items: itemList, itemColor })
        if (tapIndex === undefined) throw new Error('fail cancel')
        return { tapIndex }
      },
    ),
    /** Unlike WeChat, one answer covers all templates, and no tap has to come before. */
    requestSubscribeMessage: asynchronous(
      'requestSubscribeMessage',
      async ({ tmplIds }: { readonly tmplIds: readonly string[] }) => {
        if (tmplIds.length === 0 || tmplIds.length > TEMPLATES_MAX)
          throw new Error(`fail ${tmplIds.length} templates`)
        const { confirm } = await overlays.showModal({
          title: words.subscribe,
          content: tmplIds.join('\n'),
          showCancel: true,
          confirmText: words.accept,
          cancelText: words.reject,
          editable: false,
        })
        return Object.fromEntries(tmplIds.map((id) => [id, confirm ? 'accept' : 'reject']))
      },
    ),
    vibrateShort: asynchronousBare('vibrateShort', () => ({})),
  }
}
