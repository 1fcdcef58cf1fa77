import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './shell/global.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { ProblemError } from '@tael/contracts'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { setNonce } from 'get-nonce'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { SessionProvider } from './server/session.tsx'
import { App } from './shell/app.tsx'
import { contrast, theme } from './shell/theme.ts'
import { startTexts } from './texts/i18n.ts'

const RETRIES_MAX = 2

/** The page's policy lets scripts add styles only with this. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
setNonce(nonce)

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // An answer of the server is an answer: only what did not arrive is asked for again.
      retry: (count, error) => count < RETRIES_MAX && !(error instanceof ProblemError),
      refetchOnWindowFocus: true,
    },
  },
})

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no root.')
await startTexts()
createRoot(root).render(
  <MantineProvider
    theme={theme}
    cssVariablesResolver={contrast}
    defaultColorScheme="auto"
    getStyleNonce={() => nonce}
  >
    <Notifications position="bottom-right" />
    <QueryClientProvider client={queries}>
      <Router base="/console">
        <SessionProvider>
          <App />
        </SessionProvider>
      </Router>
    </QueryClientProvider>
  </MantineProvider>,
)
