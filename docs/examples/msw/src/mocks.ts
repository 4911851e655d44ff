import { workspace } from 'virtual:svc-mock'
import { setupWorker } from 'msw/browser'
import { handlers, onUnhandledRequest } from 'svc-mock/msw'

/** The page calls /api/orders, which is the service's address behind the real web server. */
const paths = { '/api': 'http://orders.test.example.com' }

export const start = () =>
  setupWorker(...handlers(workspace, { paths })).start({
    quiet: true,
    onUnhandledFrame: onUnhandledRequest('error'),
  })
