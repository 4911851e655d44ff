/** What many settings of svc-mock.yaml are made of. */
import { z } from 'zod'

export const text = z.string().min(1)
export const textOrList = z.union([text, z.array(text)])
export const listen = z.union([text, z.int().min(0).max(65535)])
