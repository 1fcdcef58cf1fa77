import { make } from './dom.ts'

/** The phone's status bar and WeChat's capsule, as a picture without controls. */
export function createStatusBar(): HTMLElement {
  const capsule = make(
    'div',
    'host-capsule',
    {},
    make('i', 'host-capsule-more'),
    make('i', 'host-capsule-close'),
  )
  return make(
    'div',
    'host-status',
    { 'aria-hidden': 'true' },
    make('span', 'host-clock', {}, '9:41'),
    make('span', 'host-battery'),
    capsule,
  )
}
