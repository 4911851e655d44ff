import org.apache.kafka.common.protocol.*;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.Uuid;
import java.nio.ByteBuffer;
import java.util.*;
/** As DumpMessages, for messages with structs that may be null, which the client's schemas leave out. Of 4.x. */
public class DumpNullable {
  static void out(ApiMessage d, String dir, int v) throws Exception {
    ObjectSerializationCache cache = new ObjectSerializationCache();
    ByteBuffer out = ByteBuffer.allocate(d.size(cache, (short) v));
    d.write(new ByteBufferAccessor(out), cache, (short) v);
    Object json = Class.forName(d.getClass().getName() + "JsonConverter").getMethod("write", d.getClass(), short.class, boolean.class).invoke(null, d, (short) v, false);
    System.out.println(d.apiKey() + " " + dir + " " + v + " " + HexFormat.of().formatHex(out.array()) + " " + json);
  }
  public static void main(String[] a) throws Exception {
    Uuid id = new Uuid(-7L, 123456789L);
    for (int v = 0; v < 2; v++) for (int n = 0; n < 2; n++)
      out(new ConsumerGroupHeartbeatResponseData().setMemberId("m").setMemberEpoch(3).setHeartbeatIntervalMs(5).setAssignment(n == 0 ? null :
        new ConsumerGroupHeartbeatResponseData.Assignment().setTopicPartitions(List.of(new ConsumerGroupHeartbeatResponseData.TopicPartitions().setTopicId(id).setPartitions(List.of(1, 2))))), "response", v);
    out(new DescribeTopicPartitionsRequestData().setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName("t"))).setCursor(new DescribeTopicPartitionsRequestData.Cursor().setTopicName("x").setPartitionIndex(4)), "request", 0);
    out(new DescribeTopicPartitionsRequestData().setTopics(List.of()), "request", 0);
    out(new DescribeTopicPartitionsResponseData().setNextCursor(new DescribeTopicPartitionsResponseData.Cursor().setTopicName("x").setPartitionIndex(4)), "response", 0);
    out(new ShareGroupHeartbeatResponseData().setMemberId("m").setAssignment(new ShareGroupHeartbeatResponseData.Assignment().setTopicPartitions(List.of(new ShareGroupHeartbeatResponseData.TopicPartitions().setTopicId(id).setPartitions(List.of(1, 2))))), "response", 1);
    out(new StreamsGroupHeartbeatRequestData().setGroupId("g").setMemberId("m").setUserEndpoint(new StreamsGroupHeartbeatRequestData.Endpoint().setHost("h").setPort(65000)).setTopology(new StreamsGroupHeartbeatRequestData.Topology().setEpoch(1).setSubtopologies(List.of(new StreamsGroupHeartbeatRequestData.Subtopology().setSubtopologyId("s")))), "request", 0);
  }
}
