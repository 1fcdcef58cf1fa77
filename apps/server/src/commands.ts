import {
  assignAttentionCommand,
  attentionCommand,
  handleAttentionCommand,
  noteAttentionCommand,
} from './attention/commands.ts'
import type { Command } from './cli/command.ts'
import { createSignInLinkCommand, endSessionsCommand } from './console/commands.ts'
import { doctorCommand } from './doctor-command.ts'
import { goLiveCommand } from './go-live-command.ts'
import { resendEventsCommand } from './merchant/commands.ts'
import { migrateCommand } from './migrate-command.ts'
import { reconcileCommand } from './reconciliation/commands.ts'
import { testNotificationCommand } from './notifications/commands.ts'
import {
  auditCommand,
  createOperatorKeyCommand,
  listOperatorKeysCommand,
  revokeOperatorKeyCommand,
} from './operators/commands.ts'
import { overviewCommand } from './overview/commands.ts'
import { exportOrdersCommand, exportPaymentsCommand, findOrderCommand } from './records/commands.ts'
import { eraseShopperCommand, exportShopperCommand } from './privacy/commands.ts'
import { settingsCommand } from './settings/commands.ts'
import {
  confirmRefundCommand,
  declineRefundCommand,
  refundCommand,
  refundProposalsCommand,
  refundsCommand,
  rejectRefundCommand,
  resendRefundCommand,
} from './refunds/commands.ts'
import { listShipmentsCommand, shipOrderCommand } from './shipping/commands.ts'
import { priceCommand, productsCommand, putGoodsCommand, stockCommand } from './shop/commands.ts'
import { listSettlementsCommand, settlementCommand, showSettlementCommand } from './settlement/commands.ts'
import { replayCommand } from './webhooks/commands.ts'

/** Every command for operators. */
export const commands: readonly Command[] = [
  doctorCommand,
  goLiveCommand,
  migrateCommand,
  createOperatorKeyCommand,
  listOperatorKeysCommand,
  revokeOperatorKeyCommand,
  auditCommand,
  overviewCommand,
  createSignInLinkCommand,
  endSessionsCommand,
  findOrderCommand,
  exportOrdersCommand,
  exportPaymentsCommand,
  listShipmentsCommand,
  attentionCommand,
  assignAttentionCommand,
  noteAttentionCommand,
  handleAttentionCommand,
  refundsCommand,
  refundCommand,
  refundProposalsCommand,
  confirmRefundCommand,
  rejectRefundCommand,
  declineRefundCommand,
  resendRefundCommand,
  shipOrderCommand,
  putGoodsCommand,
  productsCommand,
  stockCommand,
  priceCommand,
  reconcileCommand,
  replayCommand,
  resendEventsCommand,
  settlementCommand,
  settingsCommand,
  listSettlementsCommand,
  showSettlementCommand,
  testNotificationCommand,
  exportShopperCommand,
  eraseShopperCommand,
]
