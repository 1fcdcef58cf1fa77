/**
 * project.config.json, by which WeChat DevTools opens the built folder as it is: nothing is compiled again, because
 * the scripts are at their target already (developers.weixin.qq.com, projectconfig).
 */
export function projectConfig(appId: string): object {
  return {
    miniprogramRoot: './',
    compileType: 'miniprogram',
    appid: appId,
    projectname: 'tael',
    // The first base library that runs glass-easel on the WebView renderer.
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
