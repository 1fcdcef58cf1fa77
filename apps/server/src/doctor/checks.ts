/** One thing that is looked at: what must hold, and what to do where it does not. */
interface Check {
  readonly holds: string
  readonly remedy: string
}

/** Every check. docs/doctor.md has the same list, which a test compares with this one. */
export const checks = {
  'configuration.variables': {
    holds: 'every variable is set, and valid',
    remedy: 'Correct the variable that the line names; .env.example explains each.',
  },
  'configuration.secret_files': {
    holds: 'only the owner and its group can read the files of secrets',
    remedy: 'Take the right to read the file from everybody else: chmod o-r FILE.',
  },
  'configuration.log': {
    holds: 'a live server does not log every SQL statement',
    remedy: 'Set LOG_LEVEL=info.',
  },
  'configuration.openids': {
    holds: 'a live server stores openids encrypted',
    remedy: 'Take clear out of PERSONAL_DATA_KEYS once every server has its key: see docs/privacy.md.',
  },
  'database.reached': {
    holds: 'PostgreSQL accepts DATABASE_URL',
    remedy:
      'Correct the address, the user, the password or the database of DATABASE_URL, or start PostgreSQL.',
  },
  'database.pooler': {
    holds: 'DATABASE_DIRECT_URL, or DATABASE_URL without it, leads to PostgreSQL itself',
    remedy: 'Set DATABASE_DIRECT_URL to the address of PostgreSQL itself, not of a connection pooler.',
  },
  'database.version': {
    holds: 'PostgreSQL is version 15 or later',
    remedy: 'Upgrade PostgreSQL to version 15 or later.',
  },
  'database.writable': {
    holds: 'the database can be written to',
    remedy: 'Point DATABASE_URL to the primary, or set default_transaction_read_only to off.',
  },
  'database.encoding': {
    holds: 'the database stores UTF-8',
    remedy: "Create the database anew with encoding 'UTF8': Chinese names fit in no other.",
  },
  'database.durable': {
    holds: 'a commit is on the disk: fsync and full_page_writes are on',
    remedy: 'Set fsync and full_page_writes to on: without them a power cut loses payments.',
  },
  'database.connections': {
    holds: 'PostgreSQL lets this role open as many connections as a server uses',
    remedy: 'Raise max_connections, or the connection limit of the role or the database.',
  },
  'database.migrations': {
    holds: 'every migration of this release has run',
    remedy: 'Run the command migrate as the owner of the tables, or start a server of this release.',
  },
  'database.role': {
    holds: 'the role may use every table as a server does',
    remedy: 'Grant the role what docs/runtime-role.sql grants, as the owner of the tables.',
  },
  'clock.sources': {
    holds: 'somebody outside tells the time',
    remedy: 'Let this machine reach Adyen and WeChat over https: their answers tell the time.',
  },
  'clock.machine': {
    holds: "this machine's clock is right to 30 seconds",
    remedy: 'Synchronise the clock of this machine (NTP): certificates and logs depend on it.',
  },
  'clock.database': {
    holds: "PostgreSQL's clock is right to 30 seconds",
    remedy: 'Synchronise the clock of the machine of PostgreSQL (NTP): orders and sessions end by it.',
  },
  'adyen.reached': {
    holds: 'Adyen answers',
    remedy:
      'Let this machine reach Adyen over https; in live mode correct ADYEN_LIVE_URL_PREFIX (Customer Area, Developers, API URLs).',
  },
  'adyen.api_version': {
    holds: 'Adyen has the API version of ADYEN_API_VERSION',
    remedy: 'Remove ADYEN_API_VERSION: the tested version is the default.',
  },
  'adyen.key': {
    holds: 'Adyen accepts ADYEN_API_KEY',
    remedy:
      'Set ADYEN_API_KEY to a key of your web service user, of this environment (Customer Area, Developers, API credentials).',
  },
  'adyen.merchant_account': {
    holds: 'the key may use ADYEN_MERCHANT_ACCOUNT',
    remedy:
      'Correct ADYEN_MERCHANT_ACCOUNT, or give the web service user this merchant account and the Checkout role.',
  },
  'adyen.wechat_pay': {
    holds: 'Adyen offers WeChat Pay in Mini Programs for SHOP_COUNTRY and the currency',
    remedy:
      'Ask Adyen to enable wechatpayMiniProgram for your AppID and currency, or correct SHOP_COUNTRY and the currency.',
  },
  'adyen.report_key': {
    holds: 'Adyen accepts ADYEN_REPORT_API_KEY',
    remedy: 'Wait for the first report, or announce one by hand: the key is only used to download it.',
  },
  'webhook.reached': {
    holds: 'the public address of the webhook answers',
    remedy: 'Let the proxy pass /webhooks/adyen to PORT, and let DNS and the firewall lead to the proxy.',
  },
  'webhook.tls_version': {
    holds: 'the proxy speaks TLS 1.2 or later',
    remedy: 'Let the proxy offer TLS 1.2 or later: WeChat and Adyen connect with no older one.',
  },
  'webhook.tls_chain': {
    holds: 'the proxy sends a complete chain of certificates that a known authority signed',
    remedy: 'Let the proxy send its certificate followed by every intermediate one (fullchain.pem).',
  },
  'webhook.tls_host': {
    holds: 'the certificate is for the host of the address',
    remedy: 'Get a certificate for this host name.',
  },
  'webhook.tls_expiry': {
    holds: 'the certificate is valid for 30 more days',
    remedy: 'Renew the certificate, and let the proxy load it.',
  },
  'webhook.credentials': {
    holds: 'the server takes ADYEN_WEBHOOK_USERNAME and ADYEN_WEBHOOK_PASSWORD',
    remedy:
      'Start the server with these variables, and let the proxy pass the Authorization header on to it.',
  },
  'webhook.environment': {
    holds: 'the server at the public address is in the same mode, test or live',
    remedy: 'Point the public address to the server of this mode.',
  },
  'webhook.current_key': {
    holds: 'a test signed with the current HMAC key is accepted',
    remedy: 'Start the server with this ADYEN_HMAC_KEYS, whose first key is that of the Customer Area.',
  },
  'webhook.previous_key': {
    holds: 'during a rotation, a test signed with the previous HMAC key is accepted too',
    remedy: 'Start the server with both keys in ADYEN_HMAC_KEYS: new,old.',
  },
  'webhook.forged': {
    holds: 'a test with a wrong signature is refused',
    remedy: 'Let the proxy pass /webhooks/adyen to Tael itself: something else accepts what nobody signed.',
  },
  'webhook.forwarded': {
    holds: 'the server learns from the proxy that a request came by https',
    remedy:
      'Set TRUSTED_PROXIES to the number of your proxies, and let the proxy send X-Forwarded-Proto and X-Forwarded-For.',
  },
  'webhook.proxies': {
    holds: 'TRUSTED_PROXIES is the number of proxies that add to X-Forwarded-For',
    remedy:
      'Count them: with too few all phones share one limit of requests, with too many a phone can name any address.',
  },
  'webhook.operators': {
    holds: "the operators' listener is not served at the public address",
    remedy: 'Let the proxy pass PORT only: OPERATOR_PORT is for your own network.',
  },
  'wechat.reached': {
    holds: 'WeChat answers',
    remedy: 'Let this machine reach api.weixin.qq.com over https.',
  },
  'wechat.app_id': {
    holds: 'WeChat knows WECHAT_APP_ID',
    remedy: 'Set WECHAT_APP_ID to the AppID of mp.weixin.qq.com, Development settings.',
  },
  'wechat.app_secret': {
    holds: 'WECHAT_APP_SECRET is the secret of this app',
    remedy:
      'Set WECHAT_APP_SECRET to the AppSecret of mp.weixin.qq.com, Development settings; reset it there if it is lost.',
  },
  'wechat.ip_list': {
    holds: 'WeChat takes calls from the address of this machine',
    remedy: 'Add the address to the IP list of the app: mp.weixin.qq.com, Development settings.',
  },
  'wechat.token': {
    holds: 'WeChat takes a call with the access token',
    remedy: 'Run doctor again in a minute; if it fails again, reset the AppSecret at mp.weixin.qq.com.',
  },
  'wechat.server_domain': {
    holds: 'the host of PUBLIC_URL is a server domain of the Mini Program',
    remedy:
      'Add https:// and the host as a request domain: mp.weixin.qq.com, Development settings, server domains. WeChat takes no IP address.',
  },
  'wechat.template': {
    holds: 'PAID_MESSAGE_TEMPLATE_ID is a template of the app',
    remedy: 'Set PAID_MESSAGE_TEMPLATE_ID to an id of mp.weixin.qq.com, Subscribe messages.',
  },
  'wechat.template_fields': {
    holds: 'PAID_MESSAGE_FIELDS has the fields of the template',
    remedy: 'Name in PAID_MESSAGE_FIELDS each field of the template, and no other.',
  },
  'goods.file': {
    holds: 'every product of goods.ts can be sold in the currency of the shop',
    remedy: 'Correct apps/miniprogram/src/merchant/goods.ts, or SHOP_CURRENCY, and build again.',
  },
  'goods.on_sale': {
    holds: 'something is on sale and in stock',
    remedy: 'Put the goods on sale with the command put-goods, and add pieces with the command stock.',
  },
  'goods.complete': {
    holds: 'every product of goods.ts is on sale, and nothing else is',
    remedy: 'Run the command put-goods of this build.',
  },
  'mini_program.app_id': {
    holds: 'the Mini Program and the server have the same AppID',
    remedy: 'Set appId of apps/miniprogram/src/merchant/shop.ts to WECHAT_APP_ID, and build again.',
  },
  'mini_program.api_address': {
    holds: 'the Mini Program calls PUBLIC_URL',
    remedy:
      'Set apiBaseUrl of apps/miniprogram/src/merchant/shop.ts to PUBLIC_URL, and build and upload again.',
  },
  'mini_program.simulation': {
    holds: 'the Mini Program of a live server pays at WeChat, not at the simulator',
    remedy:
      'Set simulatesWeChat of apps/miniprogram/src/merchant/shop.ts to false, and build and upload again.',
  },
  'mini_program.delivery': {
    holds: 'the Mini Program asks for the address that the server demands',
    remedy: 'Set delivery of apps/miniprogram/src/merchant/shop.ts to true, or SHOP_DELIVERS to false.',
  },
  'mini_program.template': {
    holds: 'shoppers are asked to subscribe to the message of a paid order',
    remedy:
      'Add PAID_MESSAGE_TEMPLATE_ID to paymentMessageTemplates of apps/miniprogram/src/merchant/shop.ts, and build again.',
  },
  'disk.machine': {
    holds: 'the disks of this machine have 1 GiB and a twentieth free',
    remedy: 'Free space on the disk of the folder that the line names.',
  },
  'disk.database': {
    holds: 'the disk of PostgreSQL has 1 GiB and a twentieth free',
    remedy: 'Look at the disk of the machine of PostgreSQL: a full one stops every payment.',
  },
} as const satisfies Record<string, Check>

export type CheckId = keyof typeof checks
