/** An ISO 8601 instant as `2026-11-23 08:05` on the phone's own clock. By hand, because phones lack `Intl`. */
export function localTime(instant: string): string {
  const time = new Date(instant)
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
