const loopback: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Whether a host name, as a URL has it, leads to this machine by itself: nobody listens on the way. */
export const isLoopback = (hostname: string): boolean => loopback.has(hostname)

/**
 * Whether a request to a program that serves this machine only was made by this machine's name for
 * itself, and by no page of another site: a name of theirs may lead here too (DNS rebinding).
 */
export function isFromThisMachine({
  host = '',
  origin,
}: {
  readonly host?: string | undefined
  readonly origin?: string | undefined
}): boolean {
  const hostname = host.replace(/:\d+$/, '')
  return isLoopback(hostname) && (origin === undefined || /^https?:\/\/(.*)$/.exec(origin)?.[1] === host)
}
