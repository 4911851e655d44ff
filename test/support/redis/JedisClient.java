import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.params.XReadGroupParams;

/** What applications do with Jedis, with its defaults and in both versions of RESP: JedisClient PORT. Says `ok`, or fails. */
public class JedisClient {
  static void same(Object found, Object wanted) {
    if (!wanted.equals(found)) throw new AssertionError(found + ", not " + wanted);
  }

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    for (RedisProtocol protocol : new RedisProtocol[] {null, RedisProtocol.RESP2, RedisProtocol.RESP3}) {
      var config = DefaultJedisClientConfig.builder();
      if (protocol != null) config.protocol(protocol);
      try (var client = new JedisPooled(new HostAndPort("127.0.0.1", port), config.build())) {
        once(client);
      }
    }
    System.out.println("ok");
  }

  static void once(JedisPooled client) throws Exception {
    client.flushAll();
    same(client.set("a", "1", SetParams.setParams().ex(100)), "OK");
    same(client.get("a"), "1");
    same(client.ttl("a") > 90, true);
    client.hset("h", Map.of("x", "1", "y", "2"));
    same(client.hgetAll("h"), Map.of("x", "1", "y", "2"));
    client.zadd("z", Map.of("ann", 1.5, "bob", 2.0));
    same(client.zrangeWithScores("z", 0, -1).get(0).getScore(), 1.5);
    client.rpush("l", "a", "b");
    same(client.blpop(1.0, "l").getValue(), "a");
    client.sadd("s", "m");
    same(client.smembers("s"), Set.of("m"));
    client.xadd("st", StreamEntryID.NEW_ENTRY, Map.of("k", "v"));
    client.xgroupCreate("st", "g", new StreamEntryID("0-0"), false);
    var unread = Map.of("st", StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY);
    var read = client.xreadGroup("g", "me", XReadGroupParams.xReadGroupParams(), unread);
    same(read.get(0).getValue().get(0).getFields(), Map.of("k", "v"));
    try (var pipe = client.pipelined()) {
      var n = pipe.incr("n");
      pipe.sync();
      same(n.get(), 1L);
    }
    try (var transaction = client.multi()) {
      var n = transaction.incr("n");
      transaction.exec();
      same(n.get(), 2L);
    }
    same(client.scan("0").getResult().size(), 7);
    var heard = new CompletableFuture<String>();
    var listens = new CountDownLatch(1);
    var listener = new JedisPubSub() {
      public void onSubscribe(String channel, int count) {
        listens.countDown();
      }

      public void onMessage(String channel, String message) {
        heard.complete(message);
        unsubscribe();
      }
    };
    var thread = new Thread(() -> client.subscribe(listener, "c"));
    thread.start();
    listens.await(20, TimeUnit.SECONDS);
    client.publish("c", "hi");
    same(heard.get(20, TimeUnit.SECONDS), "hi");
    thread.join();
  }
}
