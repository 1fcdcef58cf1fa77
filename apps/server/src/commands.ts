import type { Command } from './cli/command.ts'
import { resendEventsCommand } from './merchant/commands.ts'
import { migrateCommand } from './migrate-command.ts'
import { reconcileCommand } from './reconciliation/commands.ts'
import {
  createOperatorKeyCommand,
  listOperatorKeysCommand,
  revokeOperatorKeyCommand,
} from './operators/commands.ts'
import { findOrderCommand } from './records/commands.ts'
import { priceCommand, productsCommand, putGoodsCommand, stockCommand } from './shop/commands.ts'
import { listSettlementsCommand, settlementCommand, showSettlementCommand } from './settlement/commands.ts'
import { replayCommand } from './webhooks/commands.ts'

/** Every command for operators. */
export const commands: readonly Command[] = [
  migrateCommand,
  createOperatorKeyCommand,
  listOperatorKeysCommand,
  revokeOperatorKeyCommand,
  findOrderCommand,
  putGoodsCommand,
  productsCommand,
  stockCommand,
  priceCommand,
  reconcileCommand,
  replayCommand,
  resendEventsCommand,
  settlementCommand,
  listSettlementsCommand,
  showSettlementCommand,
]
