"""What applications do with redis-py, with its defaults and in both versions of RESP: client.py <port>. Says `ok`, or fails."""
import asyncio
import sys

import redis
import redis.asyncio

port = int(sys.argv[1])


def same(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r}, not {wanted!r}")


def increase(pipe):
    value = int(pipe.get("n"))
    pipe.multi()
    pipe.set("n", value + 1)


def once(**options):
    client = redis.Redis(host="127.0.0.1", port=port, decode_responses=True, **options)
    client.flushall()
    same(client.set("a", "1", ex=100), True)
    same((client.get("a"), 90 < client.ttl("a") <= 100), ("1", True))
    client.hset("h", mapping={"x": "1", "y": "2"})
    same(client.hgetall("h"), {"x": "1", "y": "2"})
    client.zadd("z", {"ann": 1.5, "bob": 2})
    same([tuple(pair) for pair in client.zrange("z", 0, -1, withscores=True)], [("ann", 1.5), ("bob", 2.0)])
    client.rpush("l", "a", "b")
    same(tuple(client.blpop("l", 1)), ("l", "a"))
    client.sadd("s", "m")
    same(client.smembers("s"), {"m"})
    client.xadd("st", {"k": "v"})
    client.xgroup_create("st", "g", "0")
    same("'v'" in repr(client.xreadgroup("g", "me", {"st": ">"})), True)
    with client.pipeline(transaction=True) as pipe:
        pipe.incr("n")
        pipe.get("n")
        same(pipe.execute(), [1, "1"])
    client.transaction(increase, "n")
    same(client.get("n"), "2")
    same(sorted(client.scan_iter("*")), ["a", "h", "l", "n", "s", "st", "z"])
    listening = client.pubsub()
    listening.subscribe("c")
    same(listening.get_message(timeout=10)["type"], "subscribe")
    client.publish("c", "hi")
    same(listening.get_message(timeout=10)["data"], "hi")
    listening.close()


async def later():
    client = redis.asyncio.Redis.from_url(f"redis://127.0.0.1:{port}/2")
    await client.set("q", "w")
    same(await client.get("q"), b"w")
    await client.aclose()


for options in ({}, {"protocol": 2}, {"protocol": 3}):
    once(**options)
asyncio.run(later())
print("ok")
