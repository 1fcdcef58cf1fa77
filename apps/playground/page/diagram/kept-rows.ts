import type { DiagramRow } from './rows.ts'

const KEY = 'playground:rows'

/** A browser stores about 5 MB for a page; most of it in the two bytes of a character. */
const LENGTH_MAX = 2_000_000

/** The pause in which changes are collected before rows are kept. */
const PAUSE_MS = 500

/** The rows that this tab kept before it was reloaded. */
export function keptRows(): readonly DiagramRow[] {
  const text = sessionStorage.getItem(KEY)
  if (text === null) return []
  const rows: readonly DiagramRow[] = JSON.parse(text)
  return rows
}

/**
 * Keeps the newest rows for a reload of this tab, as many as there is room for. Returns a function
 * to call after each change.
 */
export function keepRows(rows: () => readonly DiagramRow[]): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const keep = (): void => {
    clearTimeout(timer)
    timer = undefined
    sessionStorage.setItem(KEY, newest(rows()))
  }
  addEventListener('pagehide', keep)
  return () => {
    timer ??= setTimeout(keep, PAUSE_MS)
  }
}

function newest(rows: readonly DiagramRow[]): string {
  const texts: string[] = []
  let length = 0
  for (const row of rows.toReversed()) {
    const text = JSON.stringify(row)
    length += text.length + 1
    if (length > LENGTH_MAX) break
    texts.unshift(text)
  }
  return `[${texts.join(',')}]`
}
