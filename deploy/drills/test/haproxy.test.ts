import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { fillIn } from '../src/fill-in.ts'

const program = '/usr/sbin/haproxy'
const values = {
  NODE1_NAME: 'pg1',
  NODE1_ADDRESS: '10.0.0.11',
  NODE2_NAME: 'pg2',
  NODE2_ADDRESS: '10.0.0.12',
  NODE3_NAME: 'pg3',
  NODE3_ADDRESS: '10.0.0.13',
  HAPROXY_ADDRESS: '127.0.0.1',
}

test.skipIf(!existsSync(program))('HAProxy accepts its file, filled in', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-haproxy-'))
  const file = path.join(folder, 'haproxy.cfg')
  await fillIn('postgres-ha/haproxy.cfg', values, file)
  const { stderr } = await promisify(execFile)(program, ['-c', '-f', file])
  expect(stderr).not.toMatch(/ALERT|WARNING/)
  await rm(folder, { recursive: true })
})

test('a value that a file needs and that is missing is named', async () => {
  const { NODE2_NAME: _, ...given } = values
  await expect(fillIn('postgres-ha/haproxy.cfg', given, '/dev/null')).rejects.toThrow('NODE2_NAME')
})
