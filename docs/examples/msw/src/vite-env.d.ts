/// <reference types="vite/client" />
/// <reference types="svc-mock/msw/client" />
