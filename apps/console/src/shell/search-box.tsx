import { Kbd, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'

/** Finds an order by any reference, from every page. */
export function SearchBox() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [text, setText] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.closest('input, textarea, select')
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      field.current?.focus()
    }
    window.addEventListener('keydown', focus)
    return () => window.removeEventListener('keydown', focus)
  }, [])
  const search = (event: FormEvent): void => {
    event.preventDefault()
    const q = text.trim()
    if (q !== '') navigate(`/search?q=${encodeURIComponent(q)}`)
  }
  return (
    <form role="search" onSubmit={search} style={{ flex: 1, maxWidth: 520, marginInlineStart: 'auto' }}>
      <TextInput
        ref={field}
        type="search"
        aria-label={t('search.label')}
        placeholder={t('search.placeholder')}
        title={t('search.hint')}
        leftSection={<IconSearch size={16} />}
        rightSection={<Kbd size="xs">/</Kbd>}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onFocus={() => field.current?.select()}
      />
    </form>
  )
}
