import org.apache.kafka.common.record.*;
import org.apache.kafka.common.header.internals.*;
import org.apache.kafka.common.header.*;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.zip.CRC32;

/** Lines of a name, a record set in hexadecimal, and what the client reads in it: all versions and compressions. scripts/kafka-fixtures.ts runs it. */
public class DumpRecords {
  static String b64(byte[] b) { return b == null ? "null" : "\"" + Base64.getEncoder().encodeToString(b) + "\""; }
  static String b64(ByteBuffer b) { if (b == null) return "null"; byte[] x = new byte[b.remaining()]; b.duplicate().get(x); return b64(x); }
  static void show(String name, MemoryRecords records) {
    ByteBuffer buf = records.buffer().duplicate(); byte[] bytes = new byte[buf.remaining()]; buf.get(bytes);
    StringBuilder json = new StringBuilder("[");
    for (RecordBatch batch : records.batches()) {
      if (json.length() > 1) json.append(",");
      json.append("{\"magic\":" + batch.magic() + ",\"baseOffset\":" + (batch.magic() == 2 ? batch.baseOffset() : batch.lastOffset()) + ",\"lastOffset\":" + batch.lastOffset() + ",\"compression\":" + batch.compressionType().id + ",\"maxTimestamp\":" + (batch.magic() == 0 ? -1 : batch.maxTimestamp())
        + ",\"producerId\":" + batch.producerId() + ",\"producerEpoch\":" + batch.producerEpoch() + ",\"baseSequence\":" + batch.baseSequence() + ",\"transactional\":" + batch.isTransactional() + ",\"control\":" + batch.isControlBatch() + ",\"epoch\":" + batch.partitionLeaderEpoch() + ",\"records\":[");
      int n = 0;
      for (org.apache.kafka.common.record.Record r : batch) {
        if (n++ > 0) json.append(",");
        String value = "null";
        if (r.hasValue()) { byte[] x = new byte[r.valueSize()]; r.value().duplicate().get(x); CRC32 c = new CRC32(); c.update(x); value = "[" + x.length + "," + c.getValue() + "]"; }
        json.append("{\"offset\":" + r.offset() + ",\"timestamp\":" + r.timestamp() + ",\"key\":" + b64(r.key()) + ",\"value\":" + value + ",\"headers\":[");
        int h = 0; for (Header x : r.headers()) json.append((h++ > 0 ? "," : "") + "[\"" + x.key() + "\"," + b64(x.value()) + "]");
        json.append("]}");
      }
      json.append("]}");
    }
    System.out.println(name + " " + HexFormat.of().formatHex(bytes) + " " + json + "]");
  }
  static byte[] words(Random r, int n) { String[] w = {"order", "customer", "größe", "amount", "2026-11-21", "{\"id\":", "}", "pending", "svc", "0000000000"}; StringBuilder s = new StringBuilder(); while (s.length() < n) s.append(r.nextInt(3) == 0 ? Integer.toString(r.nextInt(1000)) : w[r.nextInt(w.length)]).append(' '); return s.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8); }
  public static void main(String[] a) throws Exception {
    for (byte magic = 0; magic <= 2; magic++) for (CompressionType t : CompressionType.values()) {
      if (t == CompressionType.ZSTD && magic < 2) continue;
      for (int big = 0; big < 2; big++) {
        if (big == 1 && (magic < 2 || t == CompressionType.NONE)) continue;
        Random r = new Random(7);
        MemoryRecordsBuilder b = MemoryRecords.builder(ByteBuffer.allocate(1 << 20), magic, org.apache.kafka.common.compress.Compression.of(t).build(), TimestampType.CREATE_TIME, 1000L);
        int n = big == 1 ? 16 : 4;
        for (int i = 0; i < n; i++) {
          Header[] hs = magic < 2 ? new Header[0] : i % 2 == 0 ? new Header[]{ new RecordHeader("traceparent", "00-abc".getBytes()), new RecordHeader("empty", new byte[0]), new RecordHeader("nothing", (byte[]) null)} : new Header[0];
          byte[] v = i == 2 ? null : i == 3 ? new byte[0] : words(r, big == 1 ? 1500 : 30);
          if (big == 1 && i == 5) { v = new byte[3000]; r.nextBytes(v); }
          if (big == 1 && i == 6) { v = new byte[70000]; }
          b.appendWithOffset(1000L + i + (i > 2 ? 5 : 0), 1700000000000L + i * 1000L - (i == 1 ? 5_000_000_000L : 0), i == 1 ? null : ("k" + i).getBytes(), v, hs);
        }
        show("magic" + magic + "-" + t.name + (big == 1 ? "-big" : ""), b.build());
      }
    }
    ByteBuffer buf = ByteBuffer.allocate(10000);
    MemoryRecordsBuilder b = MemoryRecords.builder(buf, (byte) 2, org.apache.kafka.common.compress.Compression.NONE, TimestampType.CREATE_TIME, 5L, 1700000000000L, 77L, (short) 3, 12, true, 9);
    b.append(1700000000000L, "k".getBytes(), "v".getBytes()); b.append(1700000000001L, "k".getBytes(), "v".getBytes());
    show("transactional", b.build());
    show("commit", MemoryRecords.withEndTransactionMarker(7L, 1700000000000L, 9, 77L, (short) 3, new EndTransactionMarker(ControlRecordType.COMMIT, 4)));
    show("abort", MemoryRecords.withEndTransactionMarker(7L, 1700000000000L, 9, 77L, (short) 3, new EndTransactionMarker(ControlRecordType.ABORT, 4)));
  }
}
