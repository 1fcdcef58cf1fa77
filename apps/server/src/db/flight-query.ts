import {
  type Connection,
  type FieldDef,
  Query,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
  Result,
  types,
} from 'pg'
import utils from 'pg/lib/utils.js'

/** How the texts of a type are read, by its number in PostgreSQL. */
export type ReaderOf = (type: number) => (text: string) => unknown

/** A column of an answer, and how its texts are read. */
interface Column {
  readonly name: string
  readonly read: ReturnType<ReaderOf>
}

/** The columns of the statements that are prepared on a connection, by name. */
export type KnownColumns = Map<string, readonly Column[]>

/** What `pg` makes a result with, which `@types/pg` leaves out. */
interface Readable {
  addRow(row: QueryResultRow): void
  addCommandComplete(message: unknown): void
}

interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
  readonly name: string | undefined
  readonly waits: boolean
  readonly result: Readable
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The prepared statements of a connection by name, which `@types/pg` leaves out. */
type Preparing = Connection & {
  readonly parsedStatements: Record<string, string>
  /** Those that are sent and not parsed yet. */
  readonly submittedNamedStatements: Record<string, string>
}

/**
 * Several statements that go to PostgreSQL together, with one Sync behind the last: it runs none
 * after the first that fails, so that a statement may follow the `begin` that it needs unanswered.
 * All succeed, or all fail with that error (PostgreSQL's documentation, 54.2.4, Pipelining).
 */
export class FlightQuery extends Query {
  /** Of the statement that is answered next: `pg` notes by them what is prepared. */
  declare name: string | undefined
  declare text: string
  /** Where the URL bounds a query, `pg` ends that by it. */
  declare callback: (() => void) | undefined
  readonly #statements: Statement[] = []
  readonly #readerOf: ReaderOf
  readonly #columns: KnownColumns
  #next = 0
  /** Of the statement that is answered next; empty where it returns nothing. */
  #described: readonly Column[] = []
  #isSimple = false
  #unreadable: { readonly error: unknown } | undefined

  constructor(readerOf: ReaderOf, columns: KnownColumns) {
    super('')
    this.#readerOf = readerOf
    this.#columns = columns
  }

  /** How many statements were added. */
  get length(): number {
    return this.#statements.length
  }

  /** How many statements were answered: after an error, the place of the one that failed. */
  get answered(): number {
    return this.#next
  }

  /** Adds a statement, as long as the flight was not sent. A commit `waits` for more than this database. */
  add<Row extends QueryResultRow>(
    { text, values = [], name }: QueryConfig<unknown[]>,
    waits = false,
  ): Promise<QueryResult<Row>> {
    return new Promise((resolve, reject) => {
      const result = new Result<Row>('', types)
      if (!isReadable(result)) throw new TypeError('This version of pg reads results in another way.')
      this.#statements.push({ text, values, name, waits, result, resolve: () => resolve(result), reject })
    })
  }

  override submit = (connection: Connection): Error | null => {
    const [first] = this.#statements
    // SQL without values that is sent alone: it may hold several statements, as a migration does.
    this.#isSimple = this.#statements.length === 1 && first?.name === undefined && first?.values.length === 0
    try {
      if (first !== undefined && this.#isSimple) connection.query(first.text)
      else this.#submitAll(connection)
    } catch (error) {
      // Nothing was sent: a value of a statement cannot be written.
      return error instanceof Error ? error : new TypeError(String(error))
    }
    this.#expectAnswer()
    return null
  }

  #submitAll(connection: Connection): void {
    if (!isPreparing(connection))
      throw new TypeError('This version of pg prepares statements in another way.')
    const written = this.#statements.map(({ values }) => values.map((value) => utils.prepareValue(value)))
    connection.stream.cork()
    try {
      for (const [index, statement] of this.#statements.entries())
        this.#submitOne(connection, statement, { values: written[index], isFirst: index === 0 })
      connection.sync()
    } finally {
      connection.stream.uncork()
    }
  }

  #submitOne(
    connection: Preparing,
    { text, name = '', waits }: Statement,
    {
      values,
      isFirst,
    }: { readonly values: (string | Buffer | null)[] | undefined; readonly isFirst: boolean },
  ): void {
    const { parsedStatements, submittedNamedStatements } = connection
    // What was answered before is sent, so that a long wait is silent for its own time only.
    if (waits && !isFirst) connection.flush()
    if (parsedStatements[name] === undefined && submittedNamedStatements[name] === undefined) {
      connection.parse({ name, text, types: [] }, true)
      if (name !== '') submittedNamedStatements[name] = text
    }
    connection.bind({ statement: name, values }, true)
    if (!this.#columns.has(name)) connection.describe({ type: 'P' }, true)
    connection.execute({}, true)
  }

  handleRowDescription({ fields }: { readonly fields: readonly FieldDef[] }): void {
    this.#described = fields.map(({ name, dataTypeID }) => ({ name, read: this.#readerOf(dataTypeID) }))
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const row: QueryResultRow = {}
    try {
      if (fields.length !== this.#described.length)
        throw new TypeError('A row has other columns than its statement.')
      for (const [index, { name, read }] of this.#described.entries()) {
        const text = fields[index] ?? null
        row[name] = text === null ? null : read(text)
      }
    } catch (error) {
      this.#unreadable ??= { error }
    }
    this.#statements[this.#next]?.result.addRow(row)
  }

  handleCommandComplete(message: unknown): void {
    this.#statements[this.#next]?.result.addCommandComplete(message)
    if (this.#isSimple) return
    if (this.name !== undefined) this.#columns.set(this.name, this.#described)
    this.#next += 1
    this.#expectAnswer()
  }

  handleReadyForQuery(): void {
    for (const { resolve, reject } of this.#statements) {
      if (this.#unreadable === undefined) resolve()
      else reject(this.#unreadable.error)
    }
    this.callback?.()
  }

  handleError(error: unknown, connection: Connection): void {
    if (isPreparing(connection))
      for (const { name } of this.#statements.slice(this.#next))
        if (name !== undefined) delete connection.submittedNamedStatements[name]
    for (const { reject } of this.#statements) reject(error)
    this.callback?.()
  }

  #expectAnswer(): void {
    const statement = this.#statements[this.#next]
    this.name = statement?.name
    this.text = statement?.text ?? ''
    // What was described before is not described again.
    this.#described = (this.name === undefined ? undefined : this.#columns.get(this.name)) ?? []
  }
}

const isReadable = <Row extends QueryResultRow>(result: Result<Row>): result is Result<Row> & Readable =>
  'addRow' in result && 'addCommandComplete' in result

const isPreparing = (connection: Connection): connection is Preparing =>
  'parsedStatements' in connection && 'submittedNamedStatements' in connection
