import { Center } from '@mantine/core'
import { type ComponentType, lazy, Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { useSessionContext } from '../server/session.tsx'
import { Failure, Loading } from '../parts/page.tsx'
import { Frame } from './frame.tsx'
import { NoPage } from './no-page.tsx'
import { SignIn } from './sign-in.tsx'

/** Each page with its address, loaded when it is opened first. */
const pages: Readonly<Record<string, ComponentType>> = {
  '/': lazy(() => import('../pages/overview/overview.tsx')),
  '/search': lazy(() => import('../pages/search.tsx')),
  '/orders': lazy(() => import('../pages/orders.tsx')),
  '/orders/:orderId': lazy(() => import('../pages/order/order.tsx')),
  '/payments': lazy(() => import('../pages/payments.tsx')),
  '/shipping': lazy(() => import('../pages/shipping.tsx')),
  '/settlement': lazy(() => import('../pages/settlement/settlements.tsx')),
  '/settlement/:settlementId': lazy(() => import('../pages/settlement/settlement.tsx')),
  '/catalogue': lazy(() => import('../pages/catalogue.tsx')),
  '/audit': lazy(() => import('../pages/audit.tsx')),
  '/settings': lazy(() => import('../pages/settings/settings.tsx')),
  '/refunds': lazy(() => import('../pages/refunds.tsx')),
  '/attention': lazy(() => import('../pages/attention.tsx')),
  '/webhooks': lazy(() => import('../pages/webhooks.tsx')),
  '/webhooks/:webhookId': lazy(() => import('../pages/webhook.tsx')),
}

/** The console: the sign-in, or the pages for whoever is signed in. */
export function App() {
  const { state, reload } = useSessionContext()
  switch (state.phase) {
    case 'loading':
      return <Loading />
    case 'failed':
      return (
        <Center mih="100dvh" p="md">
          <Failure error={undefined} onRetry={reload} />
        </Center>
      )
    case 'none':
    case 'ended':
      return <SignIn hasEnded={state.phase === 'ended'} />
    case 'signed-in':
      return (
        <Frame>
          <Suspense fallback={<Loading />}>
            <Switch>
              {Object.entries(pages).map(([path, Page]) => (
                <Route key={path} path={path} component={Page} />
              ))}
              <Route component={NoPage} />
            </Switch>
          </Suspense>
        </Frame>
      )
    default:
      return state satisfies never
  }
}
