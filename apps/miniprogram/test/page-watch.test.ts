import { expect, test } from 'vitest'
import { createPageWatch, type PageWatch } from '../src/services/page-watch.ts'

/** Starts work that never ends. Returns whether it was stopped; undefined if it never started. */
function start(watch: PageWatch): () => boolean | undefined {
  let isStopped: (() => boolean) | undefined
  watch.start((stopped) => {
    isStopped = stopped
    return new Promise(() => {})
  })
  return () => isStopped?.()
}

test('the work of a visible page runs until it is hidden', () => {
  const watch = createPageWatch()
  watch.show()
  const isStopped = start(watch)
  expect(isStopped()).toBe(false)
  watch.hide()
  expect(isStopped()).toBe(true)
  watch.show()
  expect(isStopped()).toBe(true)
})

test('a hidden page starts none', () => {
  const watch = createPageWatch()
  expect(start(watch)()).toBeUndefined()
  watch.show()
  watch.hide()
  expect(start(watch)()).toBeUndefined()
})

test('new work stops the work before it, and so does stop', () => {
  const watch = createPageWatch()
  watch.show()
  const first = start(watch)
  const second = start(watch)
  expect([first(), second()]).toEqual([true, false])
  watch.stop()
  expect(second()).toBe(true)
})

test('two pages do not stop each other', () => {
  const [one, other] = [createPageWatch(), createPageWatch()]
  one.show()
  other.show()
  const isStopped = start(one)
  start(other)
  other.hide()
  expect(isStopped()).toBe(false)
})

test('an error of the work surfaces as an unhandled rejection', async () => {
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  try {
    const surfaced = new Promise((resolve) => {
      process.once('unhandledRejection', resolve)
    })
    const watch = createPageWatch()
    watch.show()
    const bug = new TypeError('bug')
    watch.start(() => Promise.reject(bug))
    expect(await surfaced).toBe(bug)
  } finally {
    for (const listener of listeners) process.on('unhandledRejection', listener)
  }
})
