/** The certificate authority and how to trust it, for people. */
import type { AuthorityView, RenewedAuthority, ShownAuthority } from '../app/ca/authority.ts'
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
    `  key          ${key} ${style.dim('(only for you; share it with nobody)')}`,
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

export const renderRenewed = ({ authority, forget }: RenewedAuthority, style: Style): string => {
  const stores = forget.map(
    ({ name, forget: lines }) =>
      `${style.bold(name)}\n${lines.map((line) => `  ${style.cyan(line)}`).join('\n')}`,
  )
  return [
    renderAuthority(authority, style),
    '',
    'Files that svc-mock run and svc-mock env hand out hold the new one now. Restart every svc-mock that is running.',
    ...(stores.length === 0
      ? []
      : [
          '',
          'Where you had trusted the old one yourself, forget it, then: svc-mock ca trust',
          '',
          ...stores,
        ]),
  ].join('\n')
}

export const renderPlan = ({ authority, steps }: TrustPlan, style: Style): string => {
  const stores = [...new Set(steps.map(({ store }) => store))]
  return [
    renderAuthority(authority, style),
    '',
    `This adds it to ${stores.join(' and to ')}. Programs that use them then trust every certificate that it signs.`,
    'Whoever gets its key can pose as any server to them; the key stays in the file above.',
    '',
    ...steps.map(({ command }) => `  ${style.cyan(command.join(' '))}`),
    '',
  ].join('\n')
}
