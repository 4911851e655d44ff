import org.apache.kafka.common.protocol.*;
import org.apache.kafka.common.protocol.types.*;
import org.apache.kafka.common.record.*;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiMessageType;
import java.nio.ByteBuffer;
import java.util.*;

/**
 * Lines of API key, direction, version, bytes in hexadecimal, and the JSON of the client's own converters: random messages of each API and version that the
 * client on the class path knows, always the same ones. scripts/kafka-fixtures.ts runs it.
 */
public class DumpMessages {
  static Random random = new Random(42);
  static Object value(Type type, int depth) throws Exception {
    if (type.isNullable() && random.nextInt(4) == 0) return null;
    if (type instanceof Schema s) return struct(s, depth);
    if (type instanceof TaggedFields t) {
      NavigableMap<Integer, Object> map = new TreeMap<>();
      java.lang.reflect.Field tf = TaggedFields.class.getDeclaredField("fields"); tf.setAccessible(true);
      for (var e : ((Map<Integer, Field>) tf.get(t)).entrySet()) if (random.nextInt(3) > 0) map.put(e.getKey(), value(e.getValue().type, depth + 1));
      if (random.nextInt(5) == 0) map.put(10_000 + random.nextInt(100), new RawTaggedField(10_000, bytes()));
      // tags and their keys must agree
      for (var e : new ArrayList<>(map.entrySet())) if (e.getValue() instanceof RawTaggedField r) map.put(e.getKey(), new RawTaggedField(e.getKey(), r.data()));
      return map;
    }
    if (type.isArray()) {
      Object[] out = new Object[random.nextInt(depth > 2 ? 2 : 3)];
      for (int i = 0; i < out.length; i++) out[i] = value(type.arrayElementType().get(), depth + 1);
      return out;
    }
    String n = type.toString();
    switch (n) {
      case "BOOLEAN": return random.nextBoolean();
      case "INT8": return (byte) random.nextInt();
      case "INT16": return (short) random.nextInt();
      case "UINT16": return random.nextInt(65536);
      case "UINT32": return (long) random.nextInt(Integer.MAX_VALUE);
      case "INT32": return random.nextInt();
      case "INT64": return random.nextLong();
      case "FLOAT64": return random.nextDouble();
      case "UUID": return new Uuid(random.nextLong(), random.nextLong());
      case "STRING": case "COMPACT_STRING": case "NULLABLE_STRING": case "COMPACT_NULLABLE_STRING": return random.nextInt(8) == 0 ? "größe" : Integer.toString(random.nextInt(1000), 36);
      case "BYTES": case "COMPACT_BYTES": case "NULLABLE_BYTES": case "COMPACT_NULLABLE_BYTES": return ByteBuffer.wrap(bytes());
      case "RECORDS": case "COMPACT_RECORDS": return MemoryRecords.readableRecords(ByteBuffer.wrap(bytes()));
      default:
        if (type.getClass().getSimpleName().equals("NullableSchema")) return null;
        throw new RuntimeException(n + " " + type.getClass());
    }
  }
  static byte[] bytes() { byte[] b = new byte[random.nextInt(6)]; random.nextBytes(b); return b; }
  static Struct struct(Schema s, int depth) throws Exception {
    Struct out = new Struct(s);
    for (BoundField f : s.fields()) out.set(f, value(f.def.type, depth));
    return out;
  }
  public static void main(String[] args) throws Exception {
    for (ApiMessageType m : ApiMessageType.values()) {
      for (int dir = 0; dir < 2; dir++) {
        Schema[] schemas = dir == 0 ? m.requestSchemas() : m.responseSchemas();
        for (short v = 0; v < schemas.length; v++) {
          if (schemas[v] == null) continue;
          Message data = null; byte[] b = null;
          for (int tries = 0; tries < 3000 && b == null; tries++) {
            try {
              Struct s = struct(schemas[v], 0);
              ByteBuffer buf = ByteBuffer.allocate(schemas[v].sizeOf(s));
              schemas[v].write(buf, s);
              buf.flip();
              Message read = dir == 0 ? m.newRequest() : m.newResponse();
              read.read(new ByteBufferAccessor(buf), v);
              ObjectSerializationCache cache = new ObjectSerializationCache();
              ByteBuffer out = ByteBuffer.allocate(read.size(cache, v) + 64);
              read.write(new ByteBufferAccessor(out), cache, v);
              out.flip();
              if (out.remaining() > 400 && tries < 2900) continue;
              b = new byte[out.remaining()]; out.get(b);
              data = read;
            } catch (RuntimeException e) { }
          }
          if (b == null) { /* Structs that may be null are not in the schemas: DumpNullable. */ continue; }
          Class<?> c = Class.forName(data.getClass().getName() + "JsonConverter");
          Object json;
          try { json = c.getMethod("write", data.getClass(), short.class, boolean.class).invoke(null, data, v, false); }
          catch (NoSuchMethodException e) { json = c.getMethod("write", data.getClass(), short.class).invoke(null, data, v); }
          System.out.println(m.apiKey() + " " + (dir == 0 ? "request" : "response") + " " + v + " " + HexFormat.of().formatHex(b) + " " + json);
        }
      }
    }
  }
}
