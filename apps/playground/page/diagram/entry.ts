/** Of all rows the one that the Tab key reaches; the arrow keys lead to the others. */
export interface Entry {
  /** Makes this row the one, where there is none any more. */
  offer(row: HTMLButtonElement | undefined): void
}

export function createEntry(list: HTMLElement): Entry {
  let entry: HTMLButtonElement | undefined
  const set = (row: HTMLButtonElement | undefined): void => {
    if (entry !== undefined) entry.tabIndex = -1
    entry = row
    if (row !== undefined) row.tabIndex = 0
  }
  list.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLButtonElement) set(target)
  })
  list.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const item = document.activeElement?.closest('li')
    const next = event.key === 'ArrowDown' ? item?.nextElementSibling : item?.previousElementSibling
    next?.querySelector('button')?.focus()
    event.preventDefault()
  })
  return {
    offer: (row) => {
      if (entry?.isConnected !== true) set(row)
    },
  }
}
