/** Names and values that tell nothing of anybody: what is unknown besides is masked. Detectors look at these all the same. */

const endings = new Set(
  `id ids uuid guid no code codes key type types kind status state level flag count total num size page pages limit
offset index sort order sku spu amount price cost fee tax discount balance quantity qty rate ratio percent percentage
score weight height width length currency unit units version rev revision time date day month year at timestamp ts
millis ms seconds duration ttl timezone zone lang language locale country province city district region area category
categories tag tags color colour model brand channel source target action event method path route format encoding
charset mime success ok result error reason enabled disabled active visible deleted default required valid locale
scope role roles permission permissions group priority severity step stage phase mode env environment service app
application module topic queue partition carrier logistics warehouse etag checksum algorithm op operation
stock inventory points views likes followers population capacity bytes expires deadline retry retries attempts max min sum avg hits shards took node host port protocol schema typename class
状态 类型 编号 金额 价格 数量 时间 日期 代码 级别 单位 币种 订单号 流水号 版本`
    .split(/\s+/)
    .filter((word) => word !== ''),
)
const naming = new Set(
  'product goods item sku brand category shop bank service method file field event app channel currency country province city region district step task job queue topic class type status state role plan template warehouse logistics carrier express department column table index metric span operation rule policy activity coupon'.split(
    ' ',
  ),
)

/** `words` of a field's name. */
export const isHarmlessName = (words: readonly string[]): boolean => {
  const last = words.at(-1)!
  if (last === 'name' && words.length > 1) return naming.has(words.at(-2)!)
  return endings.has(last) || endings.has(words.join(''))
}

const common = new Set(
  `成功 失败 正常 异常 操作成功 操作失败 处理成功 处理失败 处理中 已完成 完成 未完成 待支付 已支付 支付成功 支付失败 已取消
已关闭 已发货 待发货 已收货 待收货 待审核 审核中 审核通过 已拒绝 启用 禁用 有效 无效 是 否 有 无 男 女 未知 默认 其他 全部
系统异常 参数错误 系统繁忙 请求成功 请求失败 查询成功 查询失败 未登录 元 人民币 个 件 台 次 天 月 年 中国 身份证 护照 个人 企业`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

/** Constants and other words of a program, e.g. `PAID`, `in_transit`, `OrderCreated`. */
const programWords: readonly RegExp[] = [
  /^[A-Z][A-Z0-9]{0,15}(?:[_-][A-Z0-9]{1,15}){0,5}$/,
  /^[a-z]{1,20}(?:[_-][a-z0-9]{1,15}){0,5}$/,
  /^[A-Za-z][a-z]{1,15}(?:[A-Z][a-z]{1,15}){0,4}$/,
  /^[a-z]{1,3}[A-Z][A-Za-z]{1,12}$/,
  /^[a-z][a-z0-9]{0,19}(?:\.[A-Za-z][A-Za-z0-9_]{0,30}){2,6}$/,
]

const patterns: readonly RegExp[] = [
  // numbers, amounts
  /^[+-]?\d{1,6}$/,
  /^[+-]?\d{1,12}\.\d{1,6}%?$/,
  /^[¥$€£]\s?\d[\d,]{0,15}(?:\.\d{1,4})?$/,
  // dates and times, ISO 8601 and as written otherwise
  /^\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?$/,
  /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:\d{6})?$/,
  /^\d{1,2}:\d{2}(?::\d{2})?$/,
  /^P(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  // epoch times
  /^1[0-9]\d{8}$|^1[0-9]\d{11}$/,
  // versions, media types, identifiers drawn by lot
  /^v?\d{1,5}(?:\.\d{1,5}){1,3}(?:[-+][\w.]{1,20})?$/,
  /^[a-z]{1,20}\/[a-z0-9.+*-]{1,60}(?:;.{0,60})?$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  /^[a-z]{2}[-_][A-Z]{2}$/,
  /^[\p{P}\p{S}\s]*$/u,
]

/** Words, times, amounts and identifiers that a program knows, or draws by lot. */
export const isHarmlessValue = (text: string): boolean =>
  text.length <= 80 &&
  (common.has(text) || isProgramWord(text) || patterns.some((pattern) => pattern.test(text)))

/** With a long number in it, it may be a passport's, or an account's. */
const isProgramWord = (text: string): boolean =>
  programWords.some((pattern) => pattern.test(text)) && !/\d{6}/.test(text)

/** Kept because it looks like a word of a program, although it may be somebody's name in letters: `wangwu`. */
export const isUnknownWord = (text: string): boolean =>
  text.length > 2 && !/^(?:true|false|yes|null|none|unknown)$/i.test(text) && isProgramWord(text)
