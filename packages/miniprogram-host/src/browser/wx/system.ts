import type { Network, Theme } from '../../protocol.ts'
import type { Device } from '../device.ts'
import { asynchronousBare } from './api.ts'

/** The base library that this host plays: the first to run glass-easel in the WebView. */
const SDK_VERSION = '3.8.12'
const WECHAT_VERSION = '8.0.60'
/** The insets of one phone with a notch. */
const STATUS_BAR_PX = 47
const BOTTOM_INSET_PX = 34

type ThemeListener = (result: { theme: Theme }) => void
type NetworkListener = (result: { isConnected: boolean; networkType: string }) => void

/** Information about the phone and WeChat. */
export function systemApis(device: Device) {
  return { ...describePhone(device), ...watchPhone(device) }
}

const getDeviceInfo = () => ({
  brand: 'Tael',
  model: 'Browser host',
  platform: 'devtools' as const,
  system: 'Browser',
  abi: '',
  deviceAbi: '',
  cpuType: '',
  memorySize: '',
  benchmarkLevel: -1,
})

const getWindowInfo = () => {
  const width = document.documentElement.clientWidth
  const height = document.documentElement.clientHeight
  // There is no page yet in App.onLaunch.
  const viewport = document.querySelector('.host-screen:not([hidden]) > .host-viewport')
  return {
    pixelRatio: devicePixelRatio,
    screenWidth: width,
    screenHeight: height,
    screenTop: height - (viewport?.clientHeight ?? height),
    windowWidth: width,
    windowHeight: viewport?.clientHeight ?? height,
    statusBarHeight: STATUS_BAR_PX,
    safeArea: {
      left: 0,
      right: width,
      top: STATUS_BAR_PX,
      bottom: height - BOTTOM_INSET_PX,
      width,
      height: height - STATUS_BAR_PX - BOTTOM_INSET_PX,
    },
  }
}

function describePhone(device: Device) {
  const getAppBaseInfo = () => ({
    SDKVersion: SDK_VERSION,
    version: WECHAT_VERSION,
    language: device.language,
    theme: device.theme,
    enableDebug: true,
    fontSizeScaleFactor: device.textScale,
    fontSizeSetting: 16 * device.textScale,
    host: { appId: '', env: 'WeChat' },
  })
  return {
    getAppBaseInfo,
    getDeviceInfo,
    getWindowInfo,
    getSystemInfoSync: () => ({ ...getAppBaseInfo(), ...getDeviceInfo(), ...getWindowInfo() }),
    getAccountInfoSync: () => ({
      miniProgram: { appId: device.appId, envVersion: 'develop' as const, version: '' },
      plugin: {},
    }),
  }
}

const typeOf = ({ offline }: Network): string => (offline ? 'none' : 'wifi')

function watchPhone(device: Device) {
  const themeListeners = new Map<ThemeListener, () => void>()
  const networkListeners = new Map<NetworkListener, () => void>()
  return {
    onThemeChange: (listener: ThemeListener): void => {
      themeListeners.set(
        listener,
        device.onTheme((theme) => listener({ theme })),
      )
    },
    offThemeChange: (listener?: ThemeListener): void => stop(themeListeners, listener),
    getNetworkType: asynchronousBare('getNetworkType', () => ({ networkType: typeOf(device.network) })),
    onNetworkStatusChange: (listener: NetworkListener): void => {
      networkListeners.set(
        listener,
        device.onNetwork((network) =>
          listener({ isConnected: !network.offline, networkType: typeOf(network) }),
        ),
      )
    },
    offNetworkStatusChange: (listener?: NetworkListener): void => stop(networkListeners, listener),
  }
}

/** Removes one listener, or all of them where none is named. */
function stop<Listener>(listeners: Map<Listener, () => void>, listener: Listener | undefined): void {
  for (const [each, end] of listeners) {
    if (listener !== undefined && each !== listener) continue
    end()
    listeners.delete(each)
  }
}
