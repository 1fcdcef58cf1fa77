import type { AttentionItem } from '@tael/contracts'
import type { Db } from '../db/database.ts'
import { finders } from './kinds.ts'

/** What an operator must look at and has not handled since it last changed, oldest first. */
export async function listAttention(db: Db): Promise<AttentionItem[]> {
  const found = await Promise.all(Object.values(finders).map((find) => find(db)))
  return found.flat().toSorted((left, right) => (left.since < right.since ? -1 : 1))
}
