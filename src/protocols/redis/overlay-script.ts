/**
 * Makes an overlay key the tenant's own, in one step, because other connections of the tenant write at the same time. Keys: its mark, the
 * baseline's key, the tenant's. It is the one script that an embedded cache knows.
 */
export const overlayScript =
  "if redis.call('EXISTS',KEYS[1])==0 then redis.call('COPY',KEYS[2],KEYS[3]) redis.call('SET',KEYS[1],'1') end return 1"
