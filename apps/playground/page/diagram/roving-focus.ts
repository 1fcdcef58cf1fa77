/** Roving focus: the Tab key reaches one row of the list, and the arrow keys move to the others. */
export interface RovingFocus {
  /** Lets Tab reach `row` where the row that it reached is gone. */
  offer(row: HTMLButtonElement | undefined): void
}

export function createRovingFocus(list: HTMLElement): RovingFocus {
  let current: HTMLButtonElement | undefined
  const set = (row: HTMLButtonElement | undefined): void => {
    if (current !== undefined) current.tabIndex = -1
    current = row
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
      if (current?.isConnected !== true) set(row)
    },
  }
}
