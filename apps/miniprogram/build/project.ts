/**
 * project.config.json, with which WeChat DevTools opens the built folder without compiling it again
 * (developers.weixin.qq.com, projectconfig).
 */
export function projectConfig(appId: string): object {
  return {
    miniprogramRoot: './',
    compileType: 'miniprogram',
    appid: appId,
    projectname: 'tael',
    // The first base library with glass-easel in the WebView renderer.
    libVersion: '3.8.12',
    setting: {
      urlCheck: true,
      es6: false,
      enhance: false,
      minified: false,
      postcss: true,
      minifyWXML: true,
      minifyWXSS: true,
      uploadWithSourceMap: false,
      packNpmManually: true,
      packNpmRelationList: [],
      ignoreUploadUnusedFiles: true,
      checkInvalidKey: true,
    },
  }
}
