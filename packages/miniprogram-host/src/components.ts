/** The built-in components of this host. */
export const HOST_COMPONENTS = [
  'button',
  'form',
  'icon',
  'image',
  'input',
  'label',
  'navigator',
  'scroll-view',
  'text',
  'textarea',
  'view',
] as const

/** The built-in components of WeChat's WebView renderer (developers.weixin.qq.com, Components). */
export const WECHAT_COMPONENTS: readonly string[] = [
  ...HOST_COMPONENTS,
  'cover-image cover-view match-media movable-area movable-view page-container root-portal',
  'share-element swiper swiper-item progress rich-text selection',
  'checkbox checkbox-group editor editor-portal keyboard-accessory picker picker-view',
  'picker-view-column radio radio-group slider switch functional-page-navigator',
  'audio camera channel-live channel-video live-player live-pusher video voip-room map canvas',
  'ad ad-custom official-account open-data web-view page-meta navigation-bar custom-wrapper',
].flatMap((names) => names.split(' '))
