/** The APIs that are spoken of by name (https://kafka.apache.org/protocol#protocol_api_keys). */
export const produce = 0
export const fetch = 1
export const listOffsets = 2
export const metadata = 3
export const offsetCommit = 8
export const offsetFetch = 9
export const findCoordinator = 10
export const joinGroup = 11
export const describeGroups = 15
export const listGroups = 16
export const saslHandshake = 17
export const apiVersions = 18
export const endTxn = 26
export const saslAuthenticate = 36
export const describeCluster = 60
export const consumerGroupHeartbeat = 68
export const consumerGroupDescribe = 69
