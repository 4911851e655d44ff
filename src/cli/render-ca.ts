/** The certificate authority and how to trust it, for people. */
import type { AuthorityView, ShownAuthority } from '../app/ca/authority.ts'
import type { TrustTarget } from '../app/ca/targets.ts'
import type { TrustPlan } from '../app/ca/trust.ts'
import type { Style } from './style.ts'

/** When to think of a new one. */
const soonDays = 30

export const renderAuthority = (authority: AuthorityView, style: Style): string => {
  const { name, fingerprint, validUntil, daysLeft, certificate, key } = authority
  const left = `${validUntil.slice(0, 10)}, ${daysLeft} days left`
  return [
    style.bold(name),
    `  certificate  ${certificate}`,
    `  key          ${key} ${style.dim('(stays with you; never export it)')}`,
    `  SHA-256      ${fingerprint}`,
    `  valid until  ${daysLeft <= soonDays ? style.yellow(`${left}: svc-mock ca rotate`) : left}`,
  ].join('\n')
}

const renderTarget = ({ name, trust, forget, note }: TrustTarget, style: Style): string =>
  [
    `${style.bold(name)}${note === undefined ? '' : style.dim(` (${note})`)}`,
    ...trust.map((line) => `  ${style.cyan(line)}`),
    ...forget.map((line) => style.dim(`  forget: ${line}`)),
  ].join('\n')

export const renderShown = (shown: ShownAuthority, style: Style): string => {
  const { authority, folder, system, runtimes } = shown
  if (authority === undefined)
    return `There is no certificate authority in ${folder} yet. It is made when TLS is first read, or by svc-mock ca export.`
  return [
    renderAuthority(authority, style),
    '',
    "svc-mock run and svc-mock env set everything that the command's runtime needs. For everything else:",
    '',
    ...[...system, ...runtimes].map((target) => renderTarget(target, style)),
  ].join('\n')
}

export const renderPlan = ({ authority, steps }: TrustPlan, style: Style): string => {
  const stores = [...new Set(steps.map(({ store }) => store))]
  return [
    renderAuthority(authority, style),
    '',
    `This will make ${stores.join(' and ')} trust every certificate that this authority signs.`,
    'Whoever gets its key can then pose as any server to you; it stays in the file above.',
    '',
    ...steps.map(({ command }) => `  ${style.cyan(command.join(' '))}`),
    '',
  ].join('\n')
}
