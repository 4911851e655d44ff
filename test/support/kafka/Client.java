import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The Java client: `produce|consume topic group-or-abort count-or-values key=value...`, answers line by line. */
public class Client {
  public static void main(String[] args) throws Exception {
    Properties config = new Properties();
    for (int i = 4; i < args.length; i++) {
      String[] pair = args[i].split("=", 2);
      config.put(pair[0], pair[1]);
    }
    if (args[0].equals("produce")) produce(args[1], args[2].equals("abort"), args[3].split(","), config);
    else consume(args[1], args[2], Integer.parseInt(args[3]), config);
  }

  static void produce(String topic, boolean abort, String[] values, Properties config) throws Exception {
    boolean transactional = config.containsKey("transactional.id");
    try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      if (transactional) {
        producer.initTransactions();
        producer.beginTransaction();
      }
      for (String value : values)
        producer.send(new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8))).get();
      if (transactional && abort) producer.abortTransaction();
      else if (transactional) producer.commitTransaction();
    }
    System.out.println("done");
  }

  static void consume(String topic, String group, int count, Properties config) {
    config.put("group.id", group);
    config.putIfAbsent("auto.offset.reset", "earliest");
    try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
          System.out.println("assigned");
        }
      });
      List<String> values = new ArrayList<>();
      while (values.size() < count)
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1)))
          values.add(new String(record.value(), StandardCharsets.UTF_8));
      double fetches = 0;
      for (var metric : consumer.metrics().entrySet())
        if (metric.getKey().name().equals("fetch-total")
            && metric.getKey().group().equals("consumer-fetch-manager-metrics")
            && metric.getValue().metricValue() instanceof Double total) fetches = Math.max(fetches, total);
      System.out.println("values " + String.join(",", values) + " " + (long) fetches);
    }
  }
}
