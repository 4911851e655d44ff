/** Where svc-mock keeps what belongs to the user and to no workspace. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * `XDG_CONFIG_HOME` wherever it is set (XDG Base Directory, which wants relative paths ignored), else `~/.config`,
 * `~/Library/Application Support` on macOS, `%APPDATA%` on Windows; in it `svc-mock`.
 */
export const userFolder = (env: Environment, platform: NodeJS.Platform = process.platform): string => {
  const home = env['HOME'] || homedir()
  const xdg = env['XDG_CONFIG_HOME']
  if (xdg && isAbsolute(xdg)) return join(xdg, 'svc-mock')
  if (platform === 'win32') return join(env['APPDATA'] || join(homedir(), 'AppData', 'Roaming'), 'svc-mock')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'svc-mock')
  return join(home, '.config', 'svc-mock')
}

/**
 * For what a program keeps between or during its runs and nobody would miss: `XDG_STATE_HOME` wherever it is set, else
 * `~/.local/state`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows; in it `svc-mock`.
 */
export const stateFolder = (env: Environment, platform: NodeJS.Platform = process.platform): string => {
  const home = env['HOME'] || homedir()
  const xdg = env['XDG_STATE_HOME']
  if (xdg && isAbsolute(xdg)) return join(xdg, 'svc-mock')
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'svc-mock')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'svc-mock')
  return join(home, '.local', 'state', 'svc-mock')
}

/**
 * For what can be had again: `XDG_CACHE_HOME` wherever it is set, else `~/.cache`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on
 * Windows; in it `svc-mock`.
 */
export const cacheFolder = (env: Environment, platform: NodeJS.Platform = process.platform): string => {
  const home = env['HOME'] || homedir()
  const xdg = env['XDG_CACHE_HOME']
  if (xdg && isAbsolute(xdg)) return join(xdg, 'svc-mock')
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'svc-mock', 'cache')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'svc-mock')
  return join(home, '.cache', 'svc-mock')
}
