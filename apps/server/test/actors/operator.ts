import { randomUUID } from 'node:crypto'
import {
  type Amount,
  ATTENTION_PAGE_MAX,
  type AttentionItem,
  type AttentionList,
  type AttentionQuery,
  type AuditQuery,
  type AuditRecords,
  type Call,
  type CreatedKey,
  type CreateKey,
  type ChangePrice,
  type ChangeStock,
  type CreateShipment,
  type ErasedShopper,
  type KeyRecord,
  type OrderExportQuery,
  type Overview,
  type OverviewQuery,
  type PaymentExportQuery,
  type Settings,
  type ShippingQuery,
  type ShippingRecords,
  type ShopperExport,
  type NotificationRecord,
  type Notifications,
  type NotificationsQuery,
  type ChosenRefundReason,
  type CreatedRefund,
  type OperatorPayment,
  type OperatorRefund,
  operatorRoutes,
  type OperatorScope,
  type OperatorShipment,
  type OrderRecord,
  type OrderRecords,
  type OrderRecordsQuery,
  type PaymentRecords,
  type PaymentRecordsQuery,
  type ProductRecord,
  type RefundDecline,
  type RefundProposal,
  type RefundProposals,
  type RefundProposalsQuery,
  type RefundRecords,
  type RefundRecordsQuery,
  type SearchResult,
  type Settlement,
  type SettlementDifference,
  type SettlementQuery,
  type SettlementRecord,
  type SettlementsQuery,
  type SettlementSummaries,
  type WebhookRecord,
  type WebhookRecordInFull,
  type WebhookRecords,
  type WebhookRecordsQuery,
} from '@tael/contracts'
import { credentials, type Environment } from '@tael/stack'
import { createKey, type KeyOptions } from './key.ts'
import { type Ended, runCommand } from '../run-command.ts'

/** An export takes as long as the shop is large and the machine is busy. */
const EXPORT_MS_MAX = 120_000

/** An item that needs attention, as it was listed. */
type ListedItem = Pick<AttentionItem, 'kind' | 'subject' | 'since'>

/** What an operator deals with. */
interface Surroundings {
  readonly databaseUrl: string
  readonly server: Call
}

/** What an operator refunds and why, where it is not all of it as a goodwill. */
interface RefundWish {
  readonly value?: number
  readonly reason?: ChosenRefundReason
  readonly note?: string
}

/** An operator of the shop: commands in a shell, and the API with a key of these scopes. */
export class Operator {
  readonly #scopes: readonly OperatorScope[]
  readonly #surroundings: Surroundings
  readonly #person: KeyOptions
  #key: Promise<string> | undefined

  constructor(scopes: readonly OperatorScope[], surroundings: Surroundings, person: KeyOptions = {}) {
    this.#scopes = scopes
    this.#surroundings = surroundings
    this.#person = person
  }

  /** The key, which is made when it is needed first. */
  key(): Promise<string> {
    this.#key ??= createKey(this.#surroundings.databaseUrl, this.#scopes, this.#person)
    return this.#key
  }

  /** The same operator with another key. */
  withKey(key: string): Operator {
    return this.#like({}, Promise.resolve(key))
  }

  /** The same operator and key through another client. */
  through(server: Call): Operator {
    return this.#like({ server }, this.key())
  }

  /** Runs one of the server's commands on this shop. */
  run(...args: readonly string[]): Promise<Ended> {
    return this.runWith({}, ...args)
  }

  /** Runs it with more in its environment. */
  runWith(environment: Environment, ...args: readonly string[]): Promise<Ended> {
    const { databaseUrl } = this.#surroundings
    return runCommand(args, { ...credentials, DATABASE_URL: databaseUrl, ...environment })
  }

  reconcile(): Promise<Ended> {
    return this.run('reconcile')
  }

  replay(...which: readonly string[]): Promise<Ended> {
    return this.run('replay', ...which)
  }

  /** Refunds a payment: all of it, or this much in minor units. Throws where it is only proposed. */
  async refund(
    payment: { readonly id: string; readonly amount: Amount },
    value = payment.amount.value,
    idempotencyKey: string = randomUUID(),
  ): Promise<OperatorRefund> {
    const created = await this.createRefund(payment, { value }, idempotencyKey)
    if (created.state !== 'requested') throw new Error('The refund is only proposed.')
    return created.refund
  }

  /** Asks for a refund of all of a payment, or of another amount, for this reason. */
  createRefund(
    { id, amount }: { readonly id: string; readonly amount: Amount },
    { value = amount.value, reason = 'goodwill', note }: RefundWish = {},
    idempotencyKey: string = randomUUID(),
  ): Promise<CreatedRefund> {
    const body = { amount: { ...amount, value }, reason, ...(note === undefined ? {} : { note }) }
    return this.#call(operatorRoutes.createRefund, { params: { paymentId: id }, body, idempotencyKey })
  }

  confirmRefund(refundId: string): Promise<OperatorRefund> {
    return this.#call(operatorRoutes.confirmRefund, { params: { refundId } })
  }

  rejectRefund(refundId: string, note: string): Promise<RefundProposal> {
    return this.#call(operatorRoutes.rejectRefund, { params: { refundId }, body: { note } })
  }

  listRefunds(query: RefundRecordsQuery = {}): Promise<RefundRecords> {
    return this.#call(operatorRoutes.listRefundRecords, { query })
  }

  listRefundProposals(query: RefundProposalsQuery = {}): Promise<RefundProposals> {
    return this.#call(operatorRoutes.listRefundProposals, { query })
  }

  /** Sends a refund to Adyen again, under a new key of ours. */
  resendRefund(
    refundId: string,
    note: string,
    idempotencyKey: string = randomUUID(),
  ): Promise<OperatorRefund> {
    return this.#call(operatorRoutes.resendRefund, { params: { refundId }, body: { note }, idempotencyKey })
  }

  /** Declines the refund that the shopper of an order requested. */
  declineRefund(orderId: string, reason: string): Promise<RefundDecline> {
    return this.#call(operatorRoutes.declineRefund, { params: { orderId }, body: { reason } })
  }

  ship(
    orderId: string,
    body: CreateShipment,
    idempotencyKey: string = randomUUID(),
  ): Promise<OperatorShipment> {
    return this.#call(operatorRoutes.createShipment, { params: { orderId }, body, idempotencyKey })
  }

  /** The orders that a reference leads to. */
  async search(q: string): Promise<SearchResult['hits']> {
    return (await this.#call(operatorRoutes.search, { query: { q } })).hits
  }

  listOrders(query: OrderRecordsQuery = {}): Promise<OrderRecords> {
    return this.#call(operatorRoutes.listOrderRecords, { query })
  }

  listPayments(query: PaymentRecordsQuery = {}): Promise<PaymentRecords> {
    return this.#call(operatorRoutes.listPaymentRecords, { query })
  }

  getOrderRecord(orderId: string): Promise<OrderRecord> {
    return this.#call(operatorRoutes.getOrderRecord, { params: { orderId } })
  }

  exportOrders(query: OrderExportQuery = {}): Promise<string> {
    return this.#call(operatorRoutes.exportOrders, { query }, { timeoutMs: EXPORT_MS_MAX })
  }

  exportPayments(query: PaymentExportQuery = {}): Promise<string> {
    return this.#call(operatorRoutes.exportPayments, { query }, { timeoutMs: EXPORT_MS_MAX })
  }

  getOverview(query: OverviewQuery = {}): Promise<Overview> {
    return this.#call(operatorRoutes.getOverview, { query })
  }

  listShipments(query: ShippingQuery): Promise<ShippingRecords> {
    return this.#call(operatorRoutes.listShipments, { query })
  }

  listAudit(query: AuditQuery = {}): Promise<AuditRecords> {
    return this.#call(operatorRoutes.listAudit, { query })
  }

  async listKeys(): Promise<readonly KeyRecord[]> {
    return (await this.#call(operatorRoutes.listKeys, {})).keys
  }

  createKey(body: CreateKey): Promise<CreatedKey> {
    return this.#call(operatorRoutes.createKey, { body })
  }

  revokeKey(keyId: string): Promise<KeyRecord> {
    return this.#call(operatorRoutes.revokeKey, { params: { keyId } })
  }

  getSettings(): Promise<Settings> {
    return this.#call(operatorRoutes.getSettings, {})
  }

  listWebhooks(query: WebhookRecordsQuery = {}): Promise<WebhookRecords> {
    return this.#call(operatorRoutes.listWebhooks, { query })
  }

  getWebhook(webhookId: number): Promise<WebhookRecordInFull> {
    return this.#call(operatorRoutes.getWebhook, { params: { webhookId } })
  }

  /** Applies one item again over HTTP. */
  replayWebhook(webhookId: number): Promise<WebhookRecord> {
    return this.#call(operatorRoutes.replayWebhook, { params: { webhookId } })
  }

  /** Uploads a settlement report. */
  keepSettlement(name: string, body: string): Promise<Settlement> {
    return this.#call(operatorRoutes.keepSettlement, { query: { name }, body })
  }

  /** Compares a kept report with today's records. */
  compareSettlement(settlementId: string, idempotencyKey: string = randomUUID()): Promise<Settlement> {
    return this.#call(operatorRoutes.compareSettlement, {
      params: { settlementId },
      body: {},
      idempotencyKey,
    })
  }

  listSettlements(query: SettlementsQuery = {}): Promise<SettlementSummaries> {
    return this.#call(operatorRoutes.listSettlements, { query })
  }

  getSettlement(settlementId: string, query: SettlementQuery = {}): Promise<SettlementRecord> {
    return this.#call(operatorRoutes.getSettlement, { params: { settlementId }, query })
  }

  handleDifference(settlementId: string, number: number, note: string): Promise<SettlementDifference> {
    const params = { settlementId, number }
    return this.#call(operatorRoutes.handleDifference, { params, body: { note } })
  }

  /** Every product, on sale or not. */
  async listProducts(): Promise<readonly ProductRecord[]> {
    return (await this.#call(operatorRoutes.listProductRecords, {})).products
  }

  changeStock(
    productId: string,
    body: ChangeStock,
    idempotencyKey: string = randomUUID(),
  ): Promise<ProductRecord> {
    return this.#call(operatorRoutes.changeStock, { params: { productId }, body, idempotencyKey })
  }

  changePrice(productId: string, body: ChangePrice): Promise<ProductRecord> {
    return this.#call(operatorRoutes.changePrice, { params: { productId }, body })
  }

  /** The channels for notifications, and a page of what was sent. */
  listNotifications(query: NotificationsQuery = {}): Promise<Notifications> {
    return this.#call(operatorRoutes.listNotifications, { query })
  }

  /** Sends a test to a channel. */
  testNotification(channel: string): Promise<NotificationRecord> {
    return this.#call(operatorRoutes.testNotification, { body: { channel } })
  }

  getPaymentRecord(paymentId: string): Promise<OperatorPayment> {
    return this.#call(operatorRoutes.getPaymentRecord, { params: { paymentId } })
  }

  /** One page of what needs attention. */
  getAttention(query: AttentionQuery = {}): Promise<AttentionList> {
    return this.#call(operatorRoutes.listAttention, { query })
  }

  /** Every item that needs attention; only about one order, payment or refund, where it is named. */
  async listAttention(subject?: string): Promise<readonly AttentionItem[]> {
    const items: AttentionItem[] = []
    for (const item of await this.#attentionPages({})) {
      const { kind, shopperId } = item
      if (item.others === 0 || shopperId === null) items.push(item)
      else items.push(...(await this.#attentionPages({ kind, shopperId })))
    }
    return items.filter((item) => subject === undefined || item.subject === subject)
  }

  async #attentionPages(query: AttentionQuery): Promise<readonly AttentionItem[]> {
    const { items, next } = await this.getAttention({ ...query, limit: ATTENTION_PAGE_MAX })
    return next === null ? items : [...items, ...(await this.#attentionPages({ ...query, after: next }))]
  }

  /** Takes an item, or releases it. */
  async assignAttention(item: ListedItem, owner: 'me' | null): Promise<void> {
    const { kind, subject, since } = item
    await this.#call(operatorRoutes.assignAttention, { body: { kind, subject, since, owner } })
  }

  async noteAttention(item: ListedItem, note: string): Promise<void> {
    const { kind, subject, since } = item
    await this.#call(operatorRoutes.noteAttention, { body: { kind, subject, since, note } })
  }

  async handleAttention(item: ListedItem, note: string): Promise<void> {
    const { kind, subject, since } = item
    await this.#call(operatorRoutes.handleAttention, { body: { kind, subject, since, note } })
  }

  /** What is stored about a shopper. */
  exportShopper(shopperId: string): Promise<ShopperExport> {
    return this.#call(operatorRoutes.exportShopper, { params: { shopperId } })
  }

  /** Erases a shopper, confirmed with their id, or with another one. */
  eraseShopper(shopperId: string, confirm = shopperId): Promise<ErasedShopper> {
    const body = { confirm, note: 'request 17' }
    return this.#call(operatorRoutes.eraseShopper, { params: { shopperId }, body })
  }

  #like(changes: Partial<Surroundings>, key: Promise<string>): Operator {
    const other = new Operator(this.#scopes, { ...this.#surroundings, ...changes }, this.#person)
    other.#key = key
    return other
  }

  readonly #call: Call = async (route, input, options) =>
    this.#surroundings.server(route, input, { token: await this.key(), ...options })
}
