import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSessionContext } from '../server/session.tsx'
import { chooseLanguage, type Language, languages } from '../texts/i18n.ts'

const themes = ['auto', 'light', 'dark'] as const
const languageNames = Object.entries(languages)

const isLanguage = (text: string): text is Language => Object.hasOwn(languages, text)

const mark = (isChosen: boolean) => (isChosen ? <IconCheck size={14} /> : null)

/** The language, the theme, and whoever is signed in, who can sign out. */
export function DisplayMenu() {
  const { t, i18n } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { state, signOut } = useSessionContext()
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={t('user.menu')}>
          <IconAdjustmentsHorizontal size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('user.language')}</Menu.Label>
        {languageNames.map(([language, name]) => (
          <Menu.Item
            key={language}
            lang={language}
            rightSection={mark(i18n.language === language)}
            onClick={() => isLanguage(language) && void chooseLanguage(language)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Label>{t('user.theme')}</Menu.Label>
        {themes.map((theme) => (
          <Menu.Item
            key={theme}
            rightSection={mark(colorScheme === theme)}
            onClick={() => setColorScheme(theme)}
          >
            {t(`user.themes.${theme}`)}
          </Menu.Item>
        ))}
        {state.phase === 'signed-in' ? (
          <>
            <Menu.Divider />
            <Menu.Label>{t('user.signedInAs', { name: state.session.operator.name })}</Menu.Label>
            <Menu.Item onClick={() => void signOut()}>{t('user.signOut')}</Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  )
}
