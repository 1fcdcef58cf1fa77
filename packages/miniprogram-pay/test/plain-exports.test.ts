import { expect, test } from 'vitest'
import { plainExports } from '../build/plain-exports.ts'

/** As Rolldown exports a name. */
const getter = (name: string) =>
  `Object.defineProperty(exports,"${name}",{enumerable:!0,get:function(){return ${name}}})`

test('exports what never changes by its value, and what changes by a getter', () => {
  const code = `let a=1,b=2;function c(){b=3}${['a', 'b', 'c'].map(getter).join()};`
  expect(plainExports('shared.js', code)).toBe(
    `let a=1,b=2;function c(){b=3}exports.a=a,${getter('b')},exports.c=c;`,
  )
})
