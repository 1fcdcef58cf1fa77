import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const old = await new Promise<string>((resolve) => {
  execFile('/usr/bin/node', ['--version'], (error, out) => resolve(error === null ? out.trim() : ''))
})
const isOld = old !== '' && Number(old.slice(1).split('.')[0]) < 24
if (!isOld)
  process.stderr.write(`/usr/bin/node is not older than 24 (${old || 'none'}): its refusal is not tried\n`)

describe.skipIf(!isOld)('an old Node', () => {
  test.for(['main.js', 'command.js'])('says at %s which one it needs', async (name) => {
    const file = fileURLToPath(new URL(`../dist/${name}`, import.meta.url))
    const ended = await new Promise<unknown>((resolve) => {
      execFile('/usr/bin/node', [file, 'doctor'], (error, out, err) =>
        resolve({ code: error?.code, out, err }),
      )
    })
    expect(ended).toEqual({ code: 78, out: '', err: `Tael needs Node 24; this is ${old.slice(1)}.\n` })
  })
})
