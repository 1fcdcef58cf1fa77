import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** The network between servers and PostgreSQL, which a test can break. */
export class DatabaseNetwork {
  readonly #target: URL
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #port = 0
  #isSilent = false

  private constructor(target: URL) {
    this.#target = target
  }

  /** Forwards to the PostgreSQL of this URL. */
  static async open(postgresUrl: string): Promise<DatabaseNetwork> {
    const network = new DatabaseNetwork(new URL(postgresUrl))
    await network.restore()
    return network
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#sockets.size
  }

  /** The same database, reached over this network. */
  through(databaseUrl: string): string {
    const url = new URL(databaseUrl)
    url.host = `127.0.0.1:${this.#port}`
    return url.href
  }

  /** Forwards new connections again. What fell silent stays silent, as behind a firewall. */
  async restore(): Promise<void> {
    this.#isSilent = false
    if (this.#server !== undefined) return
    const server = createServer((socket) => this.#accept(socket))
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The network has no port.')
    this.#port = address.port
    this.#server = server
  }

  /** Drops every byte of every connection, without a word to either side. */
  fallSilent(): void {
    this.#isSilent = true
    for (const socket of this.#sockets) {
      for (const event of ['data', 'end', 'close']) socket.removeAllListeners(event)
      socket.resume()
    }
  }

  /** Closes every connection; new ones are forwarded. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Closes every connection and refuses new ones. */
  refuse(): void {
    this.#server?.close()
    this.#server = undefined
    this.cut()
  }

  close(): void {
    this.refuse()
  }

  #accept(socket: Socket): void {
    this.#keep(socket)
    if (this.#isSilent) return void socket.resume()
    const other = this.#keep(connect({ host: this.#target.hostname, port: Number(this.#target.port) }))
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      from.on('data', (bytes) => to.write(bytes))
      from.on('end', () => to.end())
      from.on('close', () => to.destroy())
    }
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    // The other end of a broken connection: what the test is about.
    socket.on('error', () => undefined)
    return socket
  }
}
