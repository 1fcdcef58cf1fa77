/** Columns that hold personal data, or could. docs/privacy.md shows each entry as a row. */
export interface PersonalColumns {
  /** As `table.column`, of the schema public where no other is named. */
  readonly columns: readonly string[]
  readonly holds: string
  readonly why: string
  /** For how long, where nobody asks for it to be erased. */
  readonly kept: string
  readonly seenBy: string
  /** What `erase-shopper` does with it. */
  readonly erased: string
}

/** A table for shoppers, and one for everybody else whom the database knows. */
export const personalData: {
  readonly shoppers: readonly PersonalColumns[]
  readonly others: readonly PersonalColumns[]
} = {
  shoppers: [
    {
      columns: ['shoppers.openid', 'shoppers.openid_sealed'],
      holds:
        "WeChat's id of a person in this app: encrypted, with a keyed hash to find it by; in clear without `PERSONAL_DATA_KEYS`",
      why: 'logging in; Adyen and WeChat require it for a payment, a message and an upload',
      kept: 'for ever; of who never ordered `visitors` days',
      seenBy: 'the server, Adyen, WeChat; of operators nobody',
      erased: 'removed; a later login makes another shopper',
    },
    {
      columns: ['sessions.token_hash', 'sessions.shopper_id'],
      holds: 'the hash of a session token',
      why: 'logging in',
      kept: '`SESSION_LIFETIME_HOURS`',
      seenBy: 'the server',
      erased: 'removed',
    },
    {
      columns: ['orders.deliver_to'],
      holds: "the receiver's name, telephone number and address",
      why: 'delivering the order',
      kept: '`addresses` days after the order is shipped, refunded, or closed unpaid',
      seenBy: 'its shopper; operators with `payments:read`',
      erased: 'removed',
    },
    {
      columns: ['orders.shopper_id', 'payments.shopper_id'],
      holds: 'which shopper ordered and paid: a random id',
      why: 'showing shoppers their orders; records of money',
      kept: 'for ever',
      seenBy: 'operators with `payments:read`',
      erased: 'stays: it leads to no person any more',
    },
    {
      columns: ['orders.metadata', 'merchant_events.data'],
      holds: "what a merchant's backend added to its order, and the events about it",
      why: "the merchant's own use",
      kept: 'for ever',
      seenBy: "the merchant's backend",
      erased: 'the metadata is removed from both',
    },
    {
      columns: ['orders.reference', 'orders.description', 'orders.lines'],
      holds: "the merchant's name of the order, and what was bought",
      why: 'records of money',
      kept: 'for ever',
      seenBy: 'its shopper; operators with `payments:read`',
      erased: 'stays: a reference must not name the person',
    },
    {
      columns: ['orders.request_hash', 'idempotency_keys.request_hash', 'idempotency_keys.caller_id'],
      holds: 'the hash of a request, which may have named an address or a payer, and who made it',
      why: 'the same request again changes nothing',
      kept: "of shoppers `idempotency_keys` days; of operators and merchants' orders for ever",
      seenBy: 'the server',
      erased: 'removed',
    },
    {
      columns: ['payments.psp_reference', 'payments.wechat_transaction_id', 'refunds.psp_reference'],
      holds: "Adyen's and WeChat's names of a payment and a refund, which lead to a person there",
      why: 'refunds, chargebacks, settlement',
      kept: 'for ever',
      seenBy: 'operators with `payments:read`, the shopper by an export',
      erased: 'stays: money cannot be traced without it',
    },
    {
      columns: ['payments.wx_parameters', 'payments.payment_data'],
      holds: 'what opens the cashier of an attempt',
      why: 'paying',
      kept: 'a day after the attempt ended',
      seenBy: 'the phone; Adyen',
      erased: 'removed',
    },
    {
      columns: ['webhook_items.item'],
      holds:
        "what Adyen sent: signed values, and `additionalData`, which Adyen adds to on a merchant's request",
      why: 'records of money: `replay`, `reconcile` and late webhooks need the signed values',
      kept: 'signed values for ever; what is not signed `webhook_details` days',
      seenBy: 'operators with `payments:read`, without `additionalData`',
      erased: 'what is not signed is removed, but for the date, the method and the reason',
    },
    {
      columns: ['webhook_items.attention', 'payment_events.detail'],
      holds: "Adyen's words for why, at most 500 characters, in which an openid is hidden",
      why: 'records of money: what happened to a payment',
      kept: 'for ever',
      seenBy: 'operators with `payments:read`',
      erased: 'stays',
    },
    {
      columns: [
        'refunds.note',
        'refund_proposals.note',
        'refund_proposals.rejection',
        'orders.refund_decline_reason',
      ],
      holds: 'what operators wrote about a refund',
      why: 'why money was returned or not',
      kept: 'of a proposal `proposals` days after it expired; others for ever',
      seenBy: 'operators with `payments:read`; the reason of a decline its shopper',
      erased: 'removed',
    },
    {
      columns: ['attention_notes.note', 'attention_handled.note'],
      holds: 'what operators noted about an item that needs attention',
      why: 'whoever handles it next',
      kept: 'notes `notes` days; with which one was handled for ever',
      seenBy: 'operators with `payments:read`',
      erased: 'removed',
    },
    {
      columns: ['shipments.tracking_no', 'shipments.items', 'shipments.upload_reason'],
      holds: "the carrier's number of a parcel, what was in it, and WeChat's answer",
      why: 'the shopper follows it; WeChat requires it',
      kept: 'for ever',
      seenBy: 'its shopper; operators with `payments:read`; WeChat',
      erased: 'removed',
    },
    {
      columns: ['operator_actions.subject', 'operator_actions.detail'],
      holds: 'what operators read and changed, with what they searched for and wrote',
      why: 'who did what',
      kept: '`audit` days',
      seenBy: 'operators with `audit:read`',
      erased:
        'notes, reasons and shipments are removed; so are searches for the openid, its SHA-256 and parts of the address',
    },
    {
      columns: ['request_levels.caller'],
      holds: 'of busy callers: the IP address, or the id of the shopper or key',
      why: 'limiting requests',
      kept: 'an hour',
      seenBy: 'the server',
      erased: 'goes by itself',
    },
    {
      columns: ['pgboss.job.data', 'pgboss.job_common.data', 'pgboss.job.output', 'pgboss.job_common.output'],
      holds:
        'ids of orders, payments and refunds; the error of a job that failed, in which an openid is hidden',
      why: 'running jobs',
      kept: '7 days after the job ended, or 14 after it was made',
      seenBy: 'whoever reads the database',
      erased: 'stays: ids lead to no person any more',
    },
  ],
  others: [
    {
      columns: [
        'operator_keys.name',
        'operator_identities.issuer',
        'operator_identities.subject',
        'operator_identities.name',
      ],
      holds: 'the names of operators, and the ids of those who sign in at an identity provider',
      why: 'who did what',
      kept: 'for ever',
      seenBy: 'operators with `keys:write`, and wherever they acted',
      erased: 'stays',
    },
    {
      columns: [
        'console_sessions.token_hash',
        'console_sessions.key_id',
        'console_sessions.identity_id',
        'sign_in_links.key_id',
      ],
      holds: 'who is signed in to the console',
      why: 'signing in',
      kept: '12 hours at most',
      seenBy: 'the server',
      erased: 'stays',
    },
    {
      columns: [
        'operator_actions.actor',
        'refunds.requested_by',
        'refunds.requested_by_name',
        'refund_proposals.proposed_by',
        'refund_proposals.proposed_by_name',
        'refund_proposals.decided_by',
        'refund_proposals.decided_by_name',
        'attention_owners.owner',
        'attention_owners.owner_name',
        'attention_notes.author',
        'attention_notes.author_name',
        'attention_handled.actor',
        'settlements.actor',
        'settlement_handled.actor',
      ],
      holds: 'the id and name of who did it: an operator, or the user who ran a command',
      why: 'who did what with money',
      kept: 'as long as the record that they are in',
      seenBy: 'operators with `payments:read` or `audit:read`',
      erased: 'stays',
    },
    {
      columns: ['shipments.sender_contact'],
      holds: "the sender's telephone number, masked but for four digits",
      why: 'WeChat requires it of one carrier',
      kept: 'for ever',
      seenBy: 'the server; WeChat',
      erased: 'removed',
    },
    {
      columns: ['settlement_handled.note', 'settlement_differences.text', 'settlement_reports.content'],
      holds:
        "Adyen's report of payments, what differs, and what operators noted about it: references, no person",
      why: 'books',
      kept: 'for ever',
      seenBy: 'operators with `payments:read`',
      erased: 'stays: a note must not name the person',
    },
    {
      columns: ['notifications.facts', 'notifications.failure', 'merchant_deliveries.failure'],
      holds: 'ids and amounts of what operators were notified of, and why a receiver did not accept it',
      why: 'sending it again',
      kept: '`notifications` days; of a delivery to a merchant for ever',
      seenBy: 'operators with `payments:read`',
      erased: 'goes by itself',
    },
  ],
}

/** The other columns: none holds personal data. By table, in the order of the alphabet. */
export const impersonalColumns: Readonly<Record<string, string>> = {
  adyen_calls:
    'answered_at idempotency_key leased_until operation payment_id payment_status retry_at started_at unanswered variant',
  attention_handled: 'handled_at kind since subject',
  attention_notes: 'at id kind subject',
  attention_owners: 'assigned_at kind subject',
  call_counts: 'failed made minute service',
  console_sessions: 'created_at ends_at idle_ends_at',
  idempotency_keys: 'created_at key moved resource_id route',
  kysely_migration: 'name timestamp',
  kysely_migration_lock: 'id is_locked',
  merchant_deliveries: 'delivered_at event_id failed_at retry_until tries',
  merchant_events: 'at id number order_id position type version',
  notifications: 'channel created_at failed_at id kind next_try_at retry_until sent_at state tries',
  notified_items: 'channel is_open kind notified_at since subject',
  operator_actions: 'action at id request_id',
  operator_identities: 'created_at id role',
  operator_keys:
    'created_at expires_at id key_hash refund_limit_currency refund_limit_value revoked_at scopes',
  orders:
    'cancelled_at created_at currency expires_at first_shipped_at id late_money paid_at pay_token_hash refund_declined_at refund_requested_at status value version',
  payment_events: 'at from_status id payment_id source to_status type version webhook_id',
  payments:
    'created_at currency id openings order_id pays_order result_code reversals status surplus updated_at value version',
  product_prices: 'currency product_id value',
  products: 'id name_en name_zh position stock_free stock_reserved stock_sold',
  refund_proposals: 'currency decided_at decision expires_at payment_id proposed_at reason refund_id value',
  refunds:
    'created_at currency id outcome_at outcome_code payment_id reason reversed_at stated_reason status updated_at value',
  request_levels: 'at drain level',
  sessions: 'created_at expires_at',
  settlement_differences:
    'identity kind line number order_id our_currency our_value payment_id psp_reference refund_id reported_currency reported_decimal settlement_id type',
  settlement_handled: 'handled_at identity series',
  settlement_reports: 'bytes id name received_at sha256',
  settlements:
    'added batch created_at differences gone id merchant_account payments_from payments_to previous_id refunds_from refunds_to report_id series totals wanted_from wanted_to',
  shipments: 'carrier id logistics_type order_id recorded_at shipped_at upload upload_tries',
  shoppers: 'created_at erased_at id openid_key',
  sign_in_links: 'expires_at secret_hash used_at',
  stock_intakes: 'at id pieces product_id',
  watched_items: 'currency kind opened_at payment_id resolved_at since subject value',
  webhook_items:
    'content_hash deliveries event_code event_date id last_received_at merchant_account merchant_reference original_reference psp_reference received_at state success trimmed_at',
  wechat_tokens: 'app_id expires_at token',
}

/** Of pg-boss's tables only these columns hold what we pass to it; its others count and time jobs. */
export const jobColumns: readonly string[] = ['data', 'output']
