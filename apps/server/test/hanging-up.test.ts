import { once } from 'node:events'
import { connect } from 'node:net'
import { expect } from 'vitest'
import { logLines } from './actors/index.ts'
import { test } from './fixtures.ts'
import { until } from './until.ts'

test('a phone that hangs up within its request is no fault of the database', async ({ shop }) => {
  const { hostname, port } = new URL(shop.server.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const isReceived = () => logLines(shop.server).some(({ req }) => req?.path === '/login')
  socket.write(
    'POST /login HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
  )
  await until(isReceived)
  socket.destroy()
  const id = () => logLines(shop.server).find(({ req }) => req?.path === '/login')?.reqId
  const lines = () => logLines(shop.server).filter(({ reqId }) => reqId === id())
  await until(() => lines().some(({ msg }) => /^request (failed|refused|completed|aborted)/.test(msg)))
  expect(lines().filter(({ level }) => level > 30)).toEqual([])
})
