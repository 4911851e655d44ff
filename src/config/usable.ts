/**
 * The settings of a file that fit the schema, without those that do not. So that mistakes in what the files say
 * together are found in the same run as wrong kinds; nothing starts on it.
 */
import type { ZodType } from 'zod'
import { type ConfigFile, configSchema, serviceSchema } from './schema.ts'

type Shape = Readonly<Record<string, ZodType>>

export const usableSettings = (value: unknown): ConfigFile => {
  const settings = fitting(value, configSchema.shape)
  const services = isMap(value) && isMap(value['services']) ? value['services'] : undefined
  if (services === undefined) return settings
  const usable = Object.entries(services).map(
    ([name, service]) => [name, service === null ? null : fitting(service, serviceSchema.shape)] as const,
  )
  return { ...settings, services: Object.fromEntries(usable) }
}

const fitting = (value: unknown, shape: Shape): Record<string, unknown> => {
  if (!isMap(value)) return {}
  const known = Object.entries(value).filter(
    ([key, inner]) => Object.hasOwn(shape, key) && shape[key]!.safeParse(inner).success,
  )
  return Object.fromEntries(known)
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
