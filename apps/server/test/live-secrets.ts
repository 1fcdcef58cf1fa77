/** Secrets of a merchant's own, in the environment of a live server, which refuses the demo's. */
export const liveSecrets = {
  ADYEN_API_KEY: 'AQEyhmfxL4PJahZCw0m_a-merchants-own',
  ADYEN_REPORT_API_KEY: 'AQEyhmfxL4PJahZCw0m_a-report-user',
  ADYEN_MERCHANT_ACCOUNT: 'ShopECOM',
  ADYEN_HMAC_KEYS: 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00',
  ADYEN_WEBHOOK_USERNAME: 'adyen-webhook',
  ADYEN_WEBHOOK_PASSWORD: 'zR7-mK2_vQ9xL4pT',
  WECHAT_APP_ID: 'wx8f3a91c04be27d56',
  WECHAT_APP_SECRET: '5d0c8e1f7a934b26c1f80e6d2a957b34',
  PERSONAL_DATA_KEYS: 'q1Vv2mJH0e7bXoK3s9dZyA4tLw8nRfGcUiPxTjQhE5M=',
} as const
