/**
 * Credentials that work only with the simulator on this machine. The server and the simulator of a
 * demo or a test share them. They are published: live mode refuses each of them.
 */
export const demoCredentials = {
  ADYEN_API_KEY: 'AQE-simulator-api-key-0001',
  ADYEN_REPORT_API_KEY: 'AQE-simulator-report-key-0001',
  ADYEN_MERCHANT_ACCOUNT: 'TaelDemoECOM',
  ADYEN_HMAC_KEYS: '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
  ADYEN_WEBHOOK_USERNAME: 'adyen-webhook',
  ADYEN_WEBHOOK_PASSWORD: 'simulator-webhook-password',
  WECHAT_APP_ID: 'wx0123456789abcdef',
  WECHAT_APP_SECRET: '0123456789abcdef0123456789abcdef',
} as const
