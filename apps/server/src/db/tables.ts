import type {
  Address,
  AttentionItem,
  DifferenceKind,
  ChosenRefundReason,
  LocalisedText,
  LogisticsType,
  MerchantEventData,
  MerchantEventType,
  Metadata,
  NotificationFacts,
  NotificationKind,
  NotificationState,
  OperatorRole,
  OperatorScope,
  OrderLine,
  OrderStatus,
  PaymentStatus,
  RefundStatus,
  RequestPaymentParameters,
  SettlementTotals,
  WatchedKind,
} from '@tael/contracts'
import type { ColumnType, Generated, JSONColumnType } from 'kysely'

/**
 * The tables of migrations/, as queries see them. bigint is a safe integer number (see
 * database.ts).
 */
export interface Database {
  shoppers: ShoppersTable
  sessions: SessionsTable
  products: ProductsTable
  product_prices: ProductPricesTable
  stock_intakes: StockIntakesTable
  orders: OrdersTable
  payments: PaymentsTable
  adyen_calls: AdyenCallsTable
  payment_events: PaymentEventsTable
  webhook_items: WebhookItemsTable
  idempotency_keys: IdempotencyKeysTable
  refunds: RefundsTable
  refund_proposals: RefundProposalsTable
  shipments: ShipmentsTable
  wechat_tokens: WeChatTokensTable
  operator_keys: OperatorKeysTable
  operator_actions: OperatorActionsTable
  operator_identities: OperatorIdentitiesTable
  console_sessions: ConsoleSessionsTable
  sign_in_links: SignInLinksTable
  attention_handled: AttentionHandledTable
  attention_owners: AttentionOwnersTable
  attention_notes: AttentionNotesTable
  merchant_events: MerchantEventsTable
  merchant_deliveries: MerchantDeliveriesTable
  settlement_reports: SettlementReportsTable
  settlements: SettlementsTable
  settlement_differences: SettlementDifferencesTable
  settlement_handled: SettlementHandledTable
  watched_items: WatchedItemsTable
  notified_items: NotifiedItemsTable
  notifications: NotificationsTable
  call_counts: CallCountsTable
}

/** A time with a default in the database. */
type Timestamp = ColumnType<Date, Date | undefined, Date>

interface ShoppersTable {
  id: string
  /** In clear, or a keyed hash of it where `openid_key` names a key: openids/openids.ts reads it. */
  openid: string
  openid_sealed: Buffer | null
  /** The id of the key; null: in clear; `erased`: the personal data of this shopper is erased. */
  openid_key: string | null
  /** When everything of theirs was erased. */
  erased_at: Date | null
  created_at: Timestamp
}

interface SessionsTable {
  token_hash: Buffer
  shopper_id: string
  expires_at: Date
  created_at: Timestamp
}

interface ProductsTable {
  id: string
  position: number
  name_zh: string
  name_en: string
  stock_free: number
  stock_reserved: Generated<number>
  stock_sold: Generated<number>
}

interface StockIntakesTable {
  id: Generated<number>
  at: Timestamp
  product_id: string
  /** Negative: removed. */
  pieces: number
}

interface ProductPricesTable {
  product_id: string
  currency: string
  value: number
}

/** Money for an expired order of a merchant: it is refunded, or kept and pays the order. */
export type LateMoney = 'refund' | 'keep'

interface OrdersTable {
  id: string
  /** Null while nobody has presented the pay token of a merchant's order. */
  shopper_id: string | null
  status: OrderStatus
  currency: string
  value: number
  lines: JSONColumnType<OrderLine[], string, never>
  created_at: Timestamp
  expires_at: Date
  paid_at: Date | null
  cancelled_at: Date | null
  refund_requested_at: Date | null
  refund_declined_at: Date | null
  refund_decline_reason: string | null
  /** When it was first shipped; the database sets it with the shipment. */
  first_shipped_at: ColumnType<Date | null, never, never>
  /** Personal data: only the order's shopper and operators see it. */
  deliver_to: ColumnType<Address | null, string | null, null>
  /** The merchant's own name of the order; null for one of the shop. So are the next four. */
  reference: string | null
  description: ColumnType<LocalisedText | null, string | null, string | null>
  metadata: ColumnType<Metadata | null, string | null, string | null>
  request_hash: Buffer | null
  /** What becomes of money that arrives after it expired. */
  late_money: LateMoney | null
  /** SHA-256 of the token by which a shopper may pay it; null where it names its payer. */
  pay_token_hash: Buffer | null
  version: Generated<number>
}

interface PaymentsTable {
  id: string
  order_id: string
  shopper_id: string
  currency: string
  value: number
  status: PaymentStatus
  result_code: string | null
  pays_order: Generated<boolean>
  surplus: Generated<boolean>
  psp_reference: string | null
  payment_data: string | null
  wx_parameters: ColumnType<RequestPaymentParameters | null, string | null, string | null>
  reversals: Generated<string[]>
  wechat_transaction_id: string | null
  /** How often the cashier was opened: once, and again after each return that its shopper continued. */
  openings: Generated<number>
  version: Generated<number>
  created_at: Timestamp
  updated_at: Timestamp
}

/** The calls to Adyen a payment can make. */
export type AdyenOperation = 'payments' | 'payments/details' | 'refunds' | 'cancels'

interface AdyenCallsTable {
  payment_id: string
  operation: AdyenOperation
  variant: Generated<string>
  payment_status: string | null
  idempotency_key: string
  leased_until: Date
  /** When its retry is due. */
  retry_at: Timestamp
  started_at: Timestamp
  answered_at: Date | null
  unanswered: Generated<number>
}

/** The cause of an event; `adyen` is an answer of Adyen's, `job` the passing of time. */
export type EventSource = 'shopper' | 'adyen' | 'webhook' | 'operator' | 'job'

interface PaymentEventsTable {
  id: Generated<number>
  payment_id: string
  version: number
  at: Timestamp
  source: EventSource
  type: string
  from_status: PaymentStatus | null
  to_status: PaymentStatus
  detail: JSONColumnType<Record<string, unknown>, string, never>
  webhook_id: number | null
}

/**
 * What became of a webhook item: applied to its payment, `stored` because its kind changes none,
 * `foreign` because it belongs to another system, or in need of attention because it was not
 * applied.
 */
export type WebhookState = 'applied' | 'stored' | 'foreign' | 'attention'

interface WebhookItemsTable {
  id: Generated<number>
  /** SHA-256 of what identifies the item: the values that Adyen signs. */
  content_hash: Buffer
  event_code: string
  event_date: Date | null
  psp_reference: string
  original_reference: string
  merchant_account: string
  merchant_reference: string
  success: boolean | null
  item: JSONColumnType<Record<string, unknown>, string, never>
  state: WebhookState
  attention: string | null
  deliveries: Generated<number>
  received_at: Timestamp
  last_received_at: Timestamp
  /** When what Adyen does not sign was removed. */
  trimmed_at: Date | null
}

/** `external`: made in Adyen's Customer Area. */
export type RefundCause = 'surplus' | 'operator' | 'external'

/** Why a refund was requested: what an operator chose, or that a merchant's backend requested it. */
export type StatedRefundReason = ChosenRefundReason | 'merchant'

interface RefundsTable {
  id: string
  payment_id: string
  currency: string
  value: number
  reason: RefundCause
  /** Of a refund that was requested from us: why. Null of those made before reasons were asked for. */
  stated_reason: StatedRefundReason | null
  note: string | null
  requested_by: string | null
  requested_by_name: string | null
  status: RefundStatus
  psp_reference: string | null
  outcome_code: string | null
  outcome_at: Date | null
  /** Only of a reversal: when it was made, by Adyen's webhook. */
  reversed_at: Date | null
  created_at: Timestamp
  updated_at: Timestamp
}

interface RefundProposalsTable {
  /** The id that the refund has once it is confirmed. */
  refund_id: string
  payment_id: string
  currency: string
  value: number
  reason: ChosenRefundReason
  note: string | null
  proposed_by: string
  proposed_by_name: string
  proposed_at: Timestamp
  expires_at: Date
  /** Null while nobody has decided it. So are the next four. */
  decision: 'confirmed' | 'rejected' | null
  decided_by: string | null
  decided_by_name: string | null
  decided_at: Date | null
  /** Only of a rejected one. */
  rejection: string | null
}

/** The upload of a shipment to WeChat. `failed` needs an operator. */
export type ShipmentUpload = 'requested' | 'uploaded' | 'failed'

interface ShipmentsTable {
  id: string
  order_id: string
  logistics_type: LogisticsType
  carrier: string | null
  tracking_no: string | null
  items: string
  sender_contact: string | null
  shipped_at: Timestamp
  recorded_at: Timestamp
  upload: ShipmentUpload | null
  upload_reason: string | null
  upload_tries: Generated<number>
}

interface WeChatTokensTable {
  app_id: string
  token: string
  expires_at: Date
}

interface IdempotencyKeysTable {
  caller_id: string
  key: string
  route: string
  request_hash: Buffer
  resource_id: string
  /** Whether it led to a resource that another key created. */
  moved: Generated<boolean>
  created_at: Timestamp
}

interface OperatorKeysTable {
  id: string
  name: string
  key_hash: Buffer
  scopes: OperatorScope[]
  /** Null where it may refund whatever is left. So is the value, in minor units. */
  refund_limit_currency: string | null
  refund_limit_value: number | null
  created_at: Timestamp
  expires_at: Date | null
  revoked_at: Date | null
}

interface OperatorActionsTable {
  id: Generated<number>
  at: Timestamp
  actor: string
  action: string
  subject: string | null
  detail: JSONColumnType<Record<string, unknown>, string, never>
  request_id: string | null
}

interface OperatorIdentitiesTable {
  id: string
  issuer: string
  subject: string
  name: string
  role: OperatorRole
  created_at: Timestamp
}

interface ConsoleSessionsTable {
  token_hash: Buffer
  key_id: string | null
  identity_id: string | null
  created_at: Timestamp
  idle_ends_at: Date
  ends_at: Date
}

interface SignInLinksTable {
  secret_hash: Buffer
  key_id: string
  expires_at: Date
  used_at: Date | null
}

interface AttentionHandledTable {
  kind: AttentionItem['kind']
  subject: string
  since: Date
  handled_at: Timestamp
  actor: string
  note: string
}

interface AttentionOwnersTable {
  kind: AttentionItem['kind']
  subject: string
  owner: string
  owner_name: string
  assigned_at: Timestamp
}

interface AttentionNotesTable {
  id: Generated<number>
  kind: AttentionItem['kind']
  subject: string
  at: Timestamp
  author: string
  author_name: string
  note: string
}

interface MerchantEventsTable {
  number: Generated<number>
  id: string
  order_id: string
  version: number
  type: MerchantEventType
  at: Timestamp
  data: JSONColumnType<MerchantEventData, string, never>
  /** Its place in the feed; null until the feed is read after its commit. */
  position: number | null
}

interface MerchantDeliveriesTable {
  event_id: string
  tries: Generated<number>
  retry_until: Date
  delivered_at: Date | null
  failed_at: Date | null
  failure: string | null
}

interface SettlementReportsTable {
  id: string
  sha256: Buffer
  name: string
  bytes: number
  /** The report, gzipped. */
  content: Buffer
  received_at: Timestamp
}

interface SettlementsTable {
  id: string
  report_id: string
  merchant_account: string
  batch: string | null
  /** The results of one batch, each after its `previous_id`. */
  series: string
  previous_id: string | null
  created_at: Timestamp
  actor: string
  /** The period that was asked for; null: that of the report's lines. */
  wanted_from: Date | null
  wanted_to: Date | null
  payments_from: Date | null
  payments_to: Date | null
  refunds_from: Date | null
  refunds_to: Date | null
  totals: JSONColumnType<SettlementTotals, string, never>
  differences: number
  added: number | null
  gone: number | null
}

interface SettlementDifferencesTable {
  settlement_id: string
  number: number
  /** SHA-256 of what makes it the same in two results of a series. */
  identity: Buffer
  kind: DifferenceKind
  text: string
  line: number | null
  type: string | null
  psp_reference: string | null
  reported_currency: string | null
  reported_decimal: string | null
  our_currency: string | null
  our_value: number | null
  order_id: string | null
  payment_id: string | null
  refund_id: string | null
}

interface SettlementHandledTable {
  series: string
  identity: Buffer
  handled_at: Timestamp
  actor: string
  note: string
}

interface WatchedItemsTable {
  kind: WatchedKind
  /** Empty for a condition of the whole shop. */
  subject: string
  /** When an attention item last changed; null for a condition of the shop. */
  since: Date | null
  payment_id: string | null
  currency: string | null
  value: number | null
  opened_at: Timestamp
  resolved_at: Date | null
}

interface NotifiedItemsTable {
  channel: string
  kind: WatchedKind
  subject: string
  since: Date | null
  is_open: boolean
  notified_at: Date
}

interface NotificationsTable {
  id: Generated<number>
  channel: string
  kind: NotificationKind
  facts: JSONColumnType<NotificationFacts, string, never>
  state: NotificationState
  tries: Generated<number>
  retry_until: Date
  next_try_at: Date | null
  sent_at: Date | null
  failed_at: Date | null
  failure: string | null
  created_at: Timestamp
}

/** The services whose calls are counted. */
export type CountedService = 'adyen' | 'wechat'

interface CallCountsTable {
  service: CountedService
  minute: Date
  made: number
  failed: number
}
