/** The phone could not keep something: its storage, or WeChat's share of it (10 MB a Mini Program), is full. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}
