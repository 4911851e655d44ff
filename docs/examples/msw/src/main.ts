// A production build knows no mocks: what is behind this import is left out of it.
if (import.meta.env.MODE !== 'production') await import('./mocks.ts').then(({ start }) => start())

interface Order {
  readonly id: number
  readonly item: string
  readonly status: string
}

const list = document.querySelector('#orders')!
const message = document.querySelector('#message')!

const show = async (): Promise<void> => {
  const response = await fetch('/api/orders')
  const { orders } = (await response.json()) as { readonly orders: readonly Order[] }
  list.replaceChildren(
    ...orders.map(({ id, item, status }) => {
      const line = document.createElement('li')
      line.textContent = `${id} ${item}: ${status}`
      return line
    }),
  )
}

document.querySelector('#create')!.addEventListener('click', async () => {
  const response = await fetch('/api/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ item: 'lamp', amount: 1 }),
  })
  message.textContent = response.ok
    ? `ordered, number ${((await response.json()) as Order).id}`
    : `refused with ${response.status}`
  await show()
})

await show()
document.body.dataset['ready'] = 'true'
