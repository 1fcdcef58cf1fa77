import { consoleRoutes, type ConsoleSession, type OperatorScope, ProblemError } from '@tael/contracts'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { call, setSession } from './call.ts'

/** Whether somebody is signed in at this browser. `ended`: they were, until a moment ago. */
export type SessionState =
  | { readonly phase: 'loading' | 'failed' | 'none' | 'ended' }
  | { readonly phase: 'signed-in'; readonly session: ConsoleSession }

interface SessionContext {
  readonly state: SessionState
  /** Signs in with a key or the secret of a link. Rejects with the server's problem. */
  readonly signIn: (key: string) => Promise<void>
  readonly signOut: () => Promise<void>
  readonly reload: () => void
}

const Context = createContext<SessionContext | undefined>(undefined)

/** Work in the page extends the session; the server counts only whole minutes. */
const EXTEND_EVERY_MS = 60_000

/** Keeps the session from ending while somebody works: a page that only refreshes itself does not. */
function useExtension(isSignedIn: boolean): void {
  useEffect(() => {
    if (!isSignedIn) return
    let extendedAt = Date.now()
    const extend = (): void => {
      if (Date.now() - extendedAt < EXTEND_EVERY_MS) return
      extendedAt = Date.now()
      // A failure shows in the next request of the page.
      call(consoleRoutes.extendSession, {}).catch(() => undefined)
    }
    const signs = ['pointerdown', 'keydown'] as const
    for (const sign of signs) window.addEventListener(sign, extend)
    return () => {
      for (const sign of signs) window.removeEventListener(sign, extend)
    }
  }, [isSignedIn])
}

/** The secret of a sign-in link in the address, taken out of it: it works once. */
function takeLink(): string | undefined {
  const secret = /^#key=(\S+)$/.exec(window.location.hash)?.[1]
  if (secret !== undefined) window.history.replaceState(null, '', window.location.pathname)
  return secret
}

async function findSession(): Promise<SessionState> {
  const link = takeLink()
  try {
    if (link !== undefined)
      return { phase: 'signed-in', session: await call(consoleRoutes.signIn, { body: { key: link } }) }
    return { phase: 'signed-in', session: await call(consoleRoutes.getSession, {}) }
  } catch (error) {
    if (!(error instanceof ProblemError)) return { phase: 'failed' }
    return error.problem.code === 'operator_unauthenticated' ? { phase: 'none' } : { phase: 'failed' }
  }
}

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ phase: 'loading' })
  const queries = useQueryClient()
  const reload = useCallback(() => void findSession().then(setState), [])
  useEffect(reload, [reload])
  const isSignedIn = state.phase === 'signed-in'
  useExtension(isSignedIn)
  // While rendering, so that the first calls of the pages below carry it.
  setSession(isSignedIn ? state.session.csrfToken : undefined, () => {
    if (isSignedIn) setState({ phase: 'ended' })
  })
  const value = useMemo(
    () => ({
      state,
      reload,
      async signIn(key: string) {
        const session = await call(consoleRoutes.signIn, { body: { key } })
        // What another operator read here is not shown to this one.
        queries.clear()
        setState({ phase: 'signed-in', session })
      },
      async signOut() {
        await call(consoleRoutes.signOut, {})
        queries.clear()
        setState({ phase: 'none' })
      },
    }),
    [state, reload, queries],
  )
  return <Context value={value}>{children}</Context>
}

export function useSessionContext(): SessionContext {
  const context = useContext(Context)
  if (context === undefined) throw new Error('This is shown outside of SessionProvider.')
  return context
}

/** The session of whoever looks at a page: pages are shown only to those who are signed in. */
export function useSession(): ConsoleSession {
  const { state } = useSessionContext()
  if (state.phase !== 'signed-in') throw new Error('This page is shown to nobody.')
  return state.session
}

/** Whether the operator may call routes of this scope. The server decides; the page only offers nothing in vain. */
export function useMay(scope: OperatorScope): boolean {
  return useSession().scopes.includes(scope)
}
