/**
 * How tokens of well-known services begin, written from the services' own descriptions of their formats. Our own list:
 * the well-kept rule sets are a program in Go (its rules are no package) or cover less than these.
 */

export interface TokenRule {
  readonly id: string
  /** What is always there; kept in the fake. Also what is looked for first. */
  readonly prefix: string
  /** What follows it. */
  readonly body: string
}

const base62 = '[0-9A-Za-z]'
const url64 = '[0-9A-Za-z_-]'
const lowerHex = '[0-9a-f]'

const rule = (id: string, body: string, ...prefixes: readonly string[]): TokenRule[] =>
  prefixes.map((prefix) => ({ id, prefix, body }))

export const tokenRules: readonly TokenRule[] = [
  // clouds
  ...rule('aws-access-key', '[A-Z2-7]{16}(?![0-9A-Za-z])', 'AKIA', 'ASIA', 'ABIA', 'ACCA'),
  ...rule('aliyun-access-key', `${base62}{12,26}(?![0-9A-Za-z])`, 'LTAI'),
  ...rule('aliyun-sts', `${base62}{16,40}`, 'STS.'),
  ...rule('tencent-secret-id', `${base62}{32}(?![0-9A-Za-z])`, 'AKID'),
  ...rule('volcengine-access-key', `${base62}{40,60}`, 'AKLT'),
  ...rule('google-api-key', `${url64}{35}`, 'AIza'),
  ...rule('google-oauth', `${url64}{20,200}`, 'ya29.', 'GOCSPX-', '1//0'),
  ...rule('azure-storage-key', '[0-9A-Za-z+/]{40,90}={0,2}', 'AccountKey=', 'SharedAccessKey='),
  ...rule('azure-signature', '[0-9A-Za-z%+/=]{30,100}', '?sig=', '&sig='),
  ...rule('digitalocean', `${lowerHex}{64}`, 'dop_v1_', 'doo_v1_', 'dor_v1_'),
  ...rule('cloudflare', `${url64}{40,160}`, 'v1.0-', 'cfut_'),
  ...rule('heroku', `${url64}{36,70}`, 'HRKU-'),
  ...rule('fly', '[0-9A-Za-z+/=_,-]{40,600}', 'FlyV1 fm2_', 'fo1_'),
  ...rule('vercel', `${base62}{24,60}`, 'vcp_', 'vck_'),
  ...rule('netlify', `${url64}{36,60}`, 'nfp_'),
  ...rule('supabase', `${lowerHex}{40}`, 'sbp_'),
  ...rule('planetscale', `${url64}{32,64}`, 'pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'),
  ...rule('databricks', `${lowerHex}{32}`, 'dapi'),
  // code and packages
  ...rule('github', `${base62}{36,255}`, 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'),
  ...rule('github', `${base62}{22}_${base62}{59}`, 'github_pat_'),
  ...rule(
    'gitlab',
    `${url64}{20,64}`,
    'glpat-',
    'gldt-',
    'glrt-',
    'glcbt-',
    'glptt-',
    'gloas-',
    'glagent-',
    'glsoat-',
  ),
  ...rule('bitbucket', `${url64}{40,300}`, 'ATBB', 'ATCTT3xFfG'),
  ...rule('atlassian', `${url64}{60,300}`, 'ATATT3xFfG'),
  ...rule('npm', `${base62}{36}`, 'npm_'),
  ...rule('pypi', `${url64}{50,300}`, 'pypi-AgEI'),
  ...rule('rubygems', `${lowerHex}{48}`, 'rubygems_'),
  ...rule('crates', `${base62}{32}`, 'cio'),
  ...rule('docker', `${url64}{27,40}`, 'dckr_pat_', 'dckr_oat_'),
  ...rule('artifactory', `${base62}{60,90}`, 'AKCp', 'cmVmd'),
  ...rule('sonar', `${lowerHex}{40}`, 'squ_', 'sqp_', 'sqa_'),
  ...rule('postman', `${lowerHex}{24}-${lowerHex}{34}`, 'PMAK-'),
  ...rule('circleci', `${base62}{20,40}_${lowerHex}{40}`, 'CCIPAT_'),
  ...rule('buildkite', `${base62}{40}`, 'bkua_'),
  ...rule('linear', `${base62}{40}`, 'lin_api_', 'lin_oauth_'),
  // talk
  ...rule(
    'slack',
    '[0-9A-Za-z-]{10,250}',
    'xoxb-',
    'xoxp-',
    'xoxa-',
    'xoxr-',
    'xoxs-',
    'xoxe-',
    'xapp-',
    'xoxe.xoxp-',
  ),
  ...rule('slack-webhook', '[0-9A-Za-z/]{20,80}', 'hooks.slack.com/services/', 'hooks.slack.com/workflows/'),
  ...rule(
    'discord-webhook',
    '\\d{17,20}/[0-9A-Za-z_-]{60,80}',
    'discord.com/api/webhooks/',
    'discordapp.com/api/webhooks/',
  ),
  ...rule('teams-webhook', '[0-9A-Za-z@/-]{60,300}', 'webhook.office.com/webhookb2/'),
  ...rule('dingtalk-webhook', `${lowerHex}{64}`, 'oapi.dingtalk.com/robot/send?access_token='),
  ...rule(
    'feishu-webhook',
    `${url64}{20,60}`,
    'open.feishu.cn/open-apis/bot/v2/hook/',
    'open.feishu.cn/open-apis/bot/hook/',
    'open.larksuite.com/open-apis/bot/v2/hook/',
  ),
  ...rule('wecom-webhook', `${url64}{20,60}`, 'qyapi.weixin.qq.com/cgi-bin/webhook/send?key='),
  ...rule('sendgrid', `${url64}{22}\\.${url64}{43}`, 'SG.'),
  ...rule('mailgun', `${lowerHex}{32}`, 'key-'),
  ...rule('mailchimp', `${lowerHex}{20,60}-us\\d{1,2}`, 'md-'),
  ...rule('brevo', `${lowerHex}{64}-${base62}{16}`, 'xkeysib-', 'xsmtpsib-'),
  ...rule('twilio', `${lowerHex}{32}(?![0-9A-Za-z])`, 'SK', 'AC'),
  // money and shops
  ...rule('stripe', `${base62}{16,250}`, 'sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'),
  ...rule('square', `${url64}{22,60}`, 'sq0atp-', 'sq0csp-', 'EAAAE'),
  ...rule('shopify', '[0-9a-fA-F]{32}', 'shpat_', 'shpca_', 'shppa_', 'shpss_'),
  ...rule(
    'braintree',
    `\\$${lowerHex}{16}\\$${lowerHex}{32}`,
    'access_token$production',
    'access_token$sandbox',
  ),
  ...rule('razorpay', `${base62}{14}`, 'rzp_live_', 'rzp_test_'),
  ...rule('facebook', `${base62}{80,300}`, 'EAA'),
  // models
  ...rule('openai', `${url64}{20,220}`, 'sk-proj-', 'sk-svcacct-', 'sk-admin-'),
  ...rule('anthropic', `${url64}{40,130}`, 'sk-ant-'),
  ...rule('model-key', `${base62}{32,64}(?![0-9A-Za-z])`, 'sk-'),
  ...rule('hugging-face', '[A-Za-z]{34}', 'hf_', 'api_org_'),
  ...rule('replicate', `${base62}{37}`, 'r8_'),
  ...rule('groq', `${base62}{48,60}`, 'gsk_', 'xai-', 'pplx-'),
  // running things
  ...rule('vault', `${url64}{24,300}`, 'hvs.', 'hvb.', 'hvr.'),
  ...rule('terraform', `${url64}{60,70}`, '.atlasv1.'),
  ...rule('doppler', `${base62}{40,44}`, 'dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.'),
  ...rule('pulumi', `${lowerHex}{40}`, 'pul-'),
  ...rule('grafana', `${base62}{32}_${lowerHex}{8}`, 'glsa_'),
  ...rule('grafana', '[0-9A-Za-z+/]{32,400}={0,2}', 'glc_'),
  ...rule('new-relic', `${base62}{27,64}`, 'NRAK-', 'NRJS-', 'NRII-'),
  ...rule('sentry', '[0-9A-Za-z_+/=-]{40,400}', 'sntrys_', 'sntryu_'),
  ...rule('dynatrace', `${base62}{24}\\.${base62}{64}`, 'dt0c01.', 'dt0s01.'),
  ...rule('age-key', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}', 'AGE-SECRET-KEY-1'),
  ...rule('1password', '[A-Za-z0-9+/=]{100,1200}|(?:[A-Z0-9]{5,6}-){5}[A-Z0-9]{5,6}', 'ops_ey', 'A3-'),
  ...rule('notion', `${base62}{40,50}`, 'ntn_'),
  ...rule('airtable', `${base62}{10,14}\\.${lowerHex}{64}`, 'pat'),
  ...rule('figma', `${url64}{36,50}`, 'figd_'),
]

/** How many characters in front of `text` tell the service. */
export const knownPrefix = (text: string): number => {
  let length = 0
  for (const { prefix } of tokenRules)
    if (prefix.length > length && prefix.length < text.length && text.startsWith(prefix))
      length = prefix.length
  return length
}
