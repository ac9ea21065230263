import asyncio
async def main():
    a, b = asyncio.Queue(1), asyncio.Queue(1)
    async def worker():
        while True:
            x = await a.get()
            if x is None:
                return
            await b.put(x + 1)
    t = asyncio.create_task(worker())
    x = 0
    for i in range(300000):
        await a.put(x)
        x = await b.get()
    await a.put(None)
    await t
    print(x)
asyncio.run(main())
