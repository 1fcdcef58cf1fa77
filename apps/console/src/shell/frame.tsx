import { AppShell, Badge, Burger, Group, NavLink, Text, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  type Icon,
  IconAlertTriangle,
  IconChartBar,
  IconCreditCard,
  IconHistory,
  IconPackages,
  IconReceipt2,
  IconReceiptRefund,
  IconReportMoney,
  IconSettings,
  IconTruck,
  IconWebhook,
} from '@tabler/icons-react'
import { operatorRoutes, type OperatorScope } from '@tael/contracts'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { describeZone } from '../format/time.ts'
import { useLive } from '../server/live.ts'
import { useSession } from '../server/session.tsx'
import type { Texts } from '../texts/en.ts'
import { DisplayMenu } from './display-menu.tsx'
import { SearchBox } from './search-box.tsx'

interface Entry {
  readonly to: string
  readonly name: keyof Texts['nav']
  readonly icon: Icon
  /** Without this scope the page shows nothing. */
  readonly scope?: OperatorScope
}

/** The pages in the menu. */
const entries: readonly Entry[] = [
  { to: '/', name: 'overview', icon: IconChartBar },
  { to: '/orders', name: 'orders', icon: IconReceipt2 },
  { to: '/payments', name: 'payments', icon: IconCreditCard },
  { to: '/refunds', name: 'refunds', icon: IconReceiptRefund },
  { to: '/attention', name: 'attention', icon: IconAlertTriangle },
  { to: '/shipping', name: 'shipping', icon: IconTruck },
  { to: '/webhooks', name: 'webhooks', icon: IconWebhook },
  { to: '/settlement', name: 'settlement', icon: IconReportMoney },
  { to: '/catalogue', name: 'catalogue', icon: IconPackages },
  { to: '/audit', name: 'audit', icon: IconHistory, scope: 'audit:read' },
  { to: '/settings', name: 'settings', icon: IconSettings },
]

/** The frame of every page: the menu, the search, and what concerns the whole console. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const { t, i18n } = useTranslation()
  const [isOpen, menu] = useDisclosure(false)
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 186, breakpoint: 'md', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <a href="#content" className="skip-link">
        {t('nav.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            opened={isOpen}
            onClick={menu.toggle}
            hiddenFrom="md"
            size="sm"
            aria-label={t('nav.open')}
            aria-expanded={isOpen}
          />
          <Text fw={700} visibleFrom="sm">
            {t('app.name')}
          </Text>
          <EnvironmentBadge />
          <SearchBox />
          <DisplayMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('nav.label')}>
        <NavEntries onChoose={menu.close} />
        <Text size="xs" c="dimmed" mt="auto" p="xs">
          {t('live.zone', { zone: describeZone(i18n.language) })}
        </Text>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {children}
      </AppShell.Main>
    </AppShell>
  )
}

function EnvironmentBadge() {
  const { t } = useTranslation()
  const { environment } = useSession()
  if (environment === 'live') return <Badge color="red">{t('app.live')}</Badge>
  return (
    <Tooltip label={t('app.testHint')}>
      <Badge color="gray" variant="outline" miw="fit-content">
        {t('app.test')}
      </Badge>
    </Tooltip>
  )
}

function NavEntries({ onChoose }: { readonly onChoose: () => void }) {
  const { t } = useTranslation()
  const [location] = useLocation()
  const { data } = useLive(operatorRoutes.listAttention, { query: { limit: 1 } })
  const open = Object.values(data?.counts ?? {}).reduce((sum, count) => sum + count, 0)
  const { scopes } = useSession()
  const shown = entries.filter(({ scope }) => scope === undefined || scopes.includes(scope))
  return shown.map(({ to, name, icon: Icon }) => {
    const isHere = location === to || (to !== '/' && location.startsWith(`${to}/`))
    return (
      <NavLink
        key={to}
        component={Link}
        href={to}
        label={t(`nav.${name}`)}
        leftSection={<Icon size={18} aria-hidden />}
        rightSection={name === 'attention' && open > 0 ? <Badge color="red">{open}</Badge> : null}
        active={isHere}
        aria-current={isHere ? 'page' : undefined}
        onClick={onChoose}
      />
    )
  })
}
