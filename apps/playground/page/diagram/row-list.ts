import { make } from '@tael/miniprogram-host/dom'
import type { Call } from './calls.ts'
import { drawRow } from './draw-row.ts'
import type { DiagramRow, Travel } from './rows.ts'

/** The list keeps the newest rows. */
const ROWS_MAX = 500

/** A row and its elements. */
export interface Drawn {
  row: DiagramRow
  readonly element: HTMLLIElement
  readonly button: HTMLButtonElement
}

export interface RowListOptions {
  readonly tapped: (each: Drawn) => void
  /** Called after a row was drawn, the first time or anew. */
  readonly redrawn: (each: Drawn) => void
}

/** The rows in the order of their times, each request with its answer. */
export class RowList {
  readonly element = make('ol', 'rows', { 'aria-label': 'Messages, oldest first' })
  readonly #options: RowListOptions
  #drawn: Drawn[] = []
  readonly #byId = new Map<string, Drawn>()
  readonly #calls = new Map<string, { readonly request?: Drawn; readonly answer?: Drawn }>()
  #selected: Drawn | undefined

  constructor(options: RowListOptions) {
    this.#options = options
  }

  get all(): readonly Drawn[] {
    return this.#drawn
  }

  get selected(): Drawn | undefined {
    return this.#selected
  }

  find(id: string): Drawn | undefined {
    return this.#byId.get(id)
  }

  /** A row's request with its answer; undefined for what is no call. */
  callOf({ call }: DiagramRow): Call | undefined {
    const { request, answer } = this.#pairOf(call)
    if (request === undefined) return undefined
    return answer === undefined ? { request: request.row } : { request: request.row, answer: answer.row }
  }

  /** The two halves of a row's call, as far as they are known; else the row alone. */
  halvesOf(each: Drawn): readonly Drawn[] {
    const halves = Object.values(this.#pairOf(each.row.call)).filter((half) => half !== undefined)
    return halves.length === 0 ? [each] : halves
  }

  /** Adds a row at its time; false for one that is known. */
  add(row: DiagramRow): boolean {
    if (this.#byId.has(row.id)) return false
    const { request } = row.kind === 'answer' ? this.#pairOf(row.call) : {}
    const neverLeft = request?.row.travel === 'waiting'
    const button = make('button', 'row', { type: 'button', tabindex: '-1' })
    // The answer to what never left is the caller's own.
    const each = { row: neverLeft ? { ...row, from: row.to } : row, element: make('li', ''), button }
    button.addEventListener('click', () => this.#options.tapped(each))
    each.element.append(button)
    this.#insert(each)
    if (request !== undefined) {
      if (neverLeft) this.#setTravel(request, 'unsent')
      else if (row.travel === 'unsent') this.#setTravel(request, 'lost')
      else this.#draw(request)
    }
    this.#draw(each)
    if (this.#drawn.length > ROWS_MAX) this.#remove(this.#drawn.shift())
    return true
  }

  markSent(call: string): void {
    const { request } = this.#pairOf(call)
    if (request?.row.travel === 'waiting') this.#setTravel(request, undefined)
  }

  /** Marks every request that still waits to leave as one that never left. */
  abandonWaiting(): void {
    for (const each of this.#drawn) if (each.row.travel === 'waiting') this.#setTravel(each, 'unsent')
  }

  /** Marks one row as the selected one, and the other half of its call. */
  select(each: Drawn | undefined): void {
    for (const { button } of this.#drawn) {
      button.removeAttribute('aria-current')
      button.removeAttribute('data-pair')
    }
    this.#selected = each
    each?.button.setAttribute('aria-current', 'true')
    for (const member of Object.values(this.#pairOf(each?.row.call)))
      member?.button.toggleAttribute('data-pair', member !== each)
  }

  clear(): void {
    this.#drawn = []
    this.#byId.clear()
    this.#calls.clear()
    this.#selected = undefined
    this.element.replaceChildren()
  }

  #pairOf(call: string | undefined): { readonly request?: Drawn; readonly answer?: Drawn } {
    return this.#calls.get(call ?? '') ?? {}
  }

  #insert(each: Drawn): void {
    const { id, at, call, kind } = each.row
    this.#byId.set(id, each)
    if (call !== undefined)
      this.#calls.set(call, kind === 'request' ? { request: each } : { ...this.#pairOf(call), answer: each })
    const index = this.#drawn.findLastIndex(({ row }) => row.at <= at) + 1
    this.element.insertBefore(each.element, this.#drawn[index]?.element ?? null)
    this.#drawn.splice(index, 0, each)
  }

  #setTravel(each: Drawn, travel: Travel | undefined): void {
    const { travel: _, ...row } = each.row
    each.row = travel === undefined ? row : { ...row, travel }
    this.#draw(each)
  }

  #draw(each: Drawn): void {
    drawRow(each.button, each.row, this.callOf(each.row))
    this.#options.redrawn(each)
  }

  #remove(oldest: Drawn | undefined): void {
    if (oldest === undefined) return
    oldest.element.remove()
    this.#byId.delete(oldest.row.id)
    if (oldest.row.kind === 'answer') this.#calls.delete(oldest.row.call ?? '')
  }
}
