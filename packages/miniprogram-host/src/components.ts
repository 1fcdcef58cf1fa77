/** The built-in components that this host draws. */
export const HOST_COMPONENTS = [
  'button',
  'checkbox',
  'checkbox-group',
  'cover-image',
  'cover-view',
  'form',
  'icon',
  'image',
  'input',
  'label',
  'navigator',
  'picker',
  'progress',
  'radio',
  'radio-group',
  'rich-text',
  'scroll-view',
  'slider',
  'swiper',
  'swiper-item',
  'switch',
  'text',
  'textarea',
  'view',
] as const

/**
 * WeChat's other built-in components, of the WebView renderer and of Skyline
 * (developers.weixin.qq.com, Components). The host draws each as a box with its name and content.
 */
export const BOXED_COMPONENTS: readonly string[] = [
  'match-media movable-area movable-view page-container root-portal',
  'share-element selection editor editor-portal keyboard-accessory picker-view',
  'picker-view-column functional-page-navigator',
  'audio camera channel-live channel-video live-player live-pusher video voip-room rtc-room',
  'rtc-room-item animation-video animation-view map canvas xr-frame',
  'ad ad-custom official-account official-account-publish open-data open-data-list open-data-item',
  'store-home store-product store-coupon store-gift web-view page-meta navigation-bar custom-wrapper',
  'double-tap-gesture-handler force-press-gesture-handler horizontal-drag-gesture-handler',
  'long-press-gesture-handler pan-gesture-handler scale-gesture-handler tap-gesture-handler',
  'vertical-drag-gesture-handler draggable-sheet grid-builder list-builder grid-view list-view',
  'nested-scroll-header nested-scroll-body open-container snapshot span sticky-header sticky-section',
].flatMap((names) => names.split(' '))

/** Every built-in component of WeChat. */
export const WECHAT_COMPONENTS: readonly string[] = [...HOST_COMPONENTS, ...BOXED_COMPONENTS]
