import io.lettuce.core.ClientOptions;
import io.lettuce.core.Consumer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What applications do with Lettuce, with its defaults and in RESP2: LettuceClient PORT. Says `ok`, or fails. */
public class LettuceClient {
  static void same(Object found, Object wanted) {
    if (!wanted.equals(found)) throw new AssertionError(found + ", not " + wanted);
  }

  public static void main(String[] args) throws Exception {
    for (String path : new String[] {"", "/3?clientName=orders"})
      for (boolean old : new boolean[] {false, true}) {
        var client = RedisClient.create("redis://127.0.0.1:" + args[0] + path);
        if (old) client.setOptions(ClientOptions.builder().protocolVersion(ProtocolVersion.RESP2).build());
        try (var connection = client.connect()) {
          once(client, connection.sync());
        } finally {
          client.shutdown(0, 1, TimeUnit.SECONDS);
        }
      }
    System.out.println("ok");
    System.exit(0);
  }

  static void once(RedisClient client, RedisCommands<String, String> redis) throws Exception {
    redis.flushall();
    same(redis.set("a", "1", SetArgs.Builder.ex(100)), "OK");
    same(redis.get("a"), "1");
    redis.hset("h", Map.of("x", "1"));
    same(redis.hgetall("h"), Map.of("x", "1"));
    redis.zadd("z", 1.5, "ann");
    same(redis.zrangeWithScores("z", 0, -1).get(0).getScore(), 1.5);
    redis.rpush("l", "a", "b");
    same(redis.blpop(1, "l").getValue(), "a");
    redis.xadd("st", Map.of("k", "v"));
    redis.xgroupCreate(StreamOffset.from("st", "0"), "g");
    var read = redis.xreadgroup(Consumer.from("g", "me"), StreamOffset.lastConsumed("st"));
    same(read.get(0).getBody(), Map.of("k", "v"));
    redis.multi();
    redis.incr("n");
    same(redis.exec().get(0), 1L);
    same(redis.scan().getKeys().size(), 6);
    var heard = new CompletableFuture<String>();
    try (var listening = client.connectPubSub()) {
      listening.addListener(new RedisPubSubAdapter<String, String>() {
        public void message(String channel, String message) {
          heard.complete(message);
        }
      });
      listening.sync().subscribe("c");
      redis.publish("c", "hi");
      same(heard.get(20, TimeUnit.SECONDS), "hi");
    }
  }
}
