import { msw } from 'msw/vite'
import { svcMock } from 'svc-mock/msw/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  // The worker's script is MSW's, the mocks are those of this folder's svc-mock.yaml.
  plugins: [msw({ mode: 'worker-only' }), svcMock({ services: ['orders'] })],
})
