import { expect, test } from 'vitest'
import { ConfigError, type Environment, type EnvironmentReader, readEnvironment } from '../src/index.ts'

function problemsOf(
  environment: Environment,
  read: (reader: EnvironmentReader) => unknown,
): readonly string[] {
  try {
    readEnvironment(environment, read)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('what is not set falls back, and what is empty counts as not set', () => {
  const config = readEnvironment({ NAME: '', PORT: '' }, (read) => ({
    name: read.text('NAME', /^[a-z]+$/, 'a name', 'tael'),
    nickname: read.optionalText('NICKNAME', /^[a-z]+$/, 'a name'),
    port: read.integer('PORT', 0, 65_535, 8600),
    level: read.oneOf('LEVEL', ['info', 'warn'], 'info'),
    url: read.url('URL', 'a URL', 'https://example.com/'),
    hasName: read.has('NAME'),
  }))
  expect(config).toEqual({
    name: 'tael',
    nickname: undefined,
    port: 8600,
    level: 'info',
    url: 'https://example.com',
    hasName: false,
  })
})

test('what is set is read', () => {
  const environment = { NICKNAME: 'liang', PORT: '65535', LEVEL: 'warn', URL: 'http://127.0.0.1:8800//' }
  const config = readEnvironment(environment, (read) => ({
    nickname: read.optionalText('NICKNAME', /^[a-z]+$/, 'a name'),
    port: read.integer('PORT', 0, 65_535, 8600),
    level: read.oneOf('LEVEL', ['info', 'warn'], 'info'),
    url: read.url('URL', 'a URL'),
  }))
  expect(config).toEqual({ nickname: 'liang', port: 65_535, level: 'warn', url: 'http://127.0.0.1:8800' })
})

test('every problem is listed once, with the rule and without the value', () => {
  const secret = 'sEcret'
  const environment = { NAME: secret, SHORT: secret, LEVEL: secret, URL: secret, PORT: secret, COUNT: '11' }
  const problems = problemsOf(environment, (read) => {
    read.text('KEY', /^\S+$/, 'your key')
    read.text('NAME', /^[a-z]+$/, 'a name')
    read.optionalText('SHORT', /^.{1,3}$/, 'three characters')
    read.oneOf('LEVEL', ['info', 'warn'], 'info')
    read.url('URL', 'a URL')
    read.integer('PORT', 0, 65_535, 8600)
    read.integer('COUNT', 12, 20, 12)
    read.problems.push('KEY and NAME exclude each other')
  })
  expect(problems).toEqual([
    'KEY is missing: your key',
    'NAME is invalid: a name',
    'SHORT is invalid: three characters',
    'LEVEL is invalid: one of info, warn',
    'URL is invalid: a URL',
    'PORT is invalid: a whole number from 0 to 65535',
    'COUNT is invalid: a whole number from 12 to 20',
    'KEY and NAME exclude each other',
  ])
  expect(new ConfigError(problems).message).toContain('\n- KEY is missing: your key\n')
})
