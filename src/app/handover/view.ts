/** What commands that hand over contracts need of it. */

export { consumerOf } from './hand-over.ts'
export { buildBranch, buildVersion } from './store/build.ts'
export { canIDeploy, type DeployAnswer, type DeployRow } from './store/can-i-deploy.ts'
export { type Deployed, recordDeployment } from './store/deployed.ts'
export { readStore, type StorePlace } from './store/open-store.ts'
export { type Published, publishContracts } from './store/publish.ts'
export { parseTarget, type Target } from './store/target.ts'
export type { ContractChange } from './write-contracts.ts'
