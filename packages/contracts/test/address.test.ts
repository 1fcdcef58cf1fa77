import { expect, test } from 'vitest'
import { formatAddress } from '../src/index.ts'

const chosen = { userName: '张三', telNumber: '13800000000', detailInfo: '新港中路397号' }

test.each([
  [{ provinceName: '广东省', cityName: '广州市', countyName: '海珠区' }, '广东省广州市海珠区新港中路397号'],
  // A municipality is its own province.
  [{ provinceName: '北京市', cityName: '北京市', countyName: '朝阳区' }, '北京市朝阳区新港中路397号'],
  [{ provinceName: '广东省', cityName: '广州市', streetName: '新港中路' }, '广东省广州市新港中路397号'],
])('an address in one line names each level once', (levels, line) => {
  expect(formatAddress({ ...chosen, ...levels })).toBe(line)
})
