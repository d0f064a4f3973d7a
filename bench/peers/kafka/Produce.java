// How many messages a second Kafka acknowledges, in the shapes our own doors are measured in.
//
// `java -cp "libs/*" Produce.java <broker> <seconds> <warm-up seconds> <producers>x<batch>...` prints a line a case:
// `<topic> <producers>x<batch> <messages a second>`. A producer hands over a batch and waits until all of it is acknowledged.

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public final class Produce {
    static final int MESSAGE_BYTES = 150;

    record Shape(int producers, int batch) {
        static Shape parse(String text) {
            String[] parts = text.split("x");
            return new Shape(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        }
    }

    public static void main(String[] arguments) throws Exception {
        String broker = arguments[0];
        long seconds = Long.parseLong(arguments[1]);
        long warmUp = Long.parseLong(arguments[2]);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            // "paged" acknowledges what lies in the page cache, as Kafka ships; "synced" what fsync has put on the disk.
            NewTopic paged = new NewTopic("paged", Optional.of(1), Optional.empty());
            NewTopic synced = new NewTopic("synced", Optional.of(1), Optional.empty()).configs(Map.of("flush.messages", "1"));
            admin.createTopics(List.of(paged, synced)).all().get();
        }
        for (String topic : List.of("paged", "synced")) {
            for (String name : Arrays.asList(arguments).subList(3, arguments.length)) {
                Shape shape = Shape.parse(name);
                // Broker and client are compiled while they run: the first seconds say nothing about either.
                measure(broker, topic, shape, warmUp);
                double rate = measure(broker, topic, shape, seconds);
                System.out.printf("%s %s %.1f%n", topic, name, rate);
            }
        }
    }

    static double measure(String broker, String topic, Shape shape, long seconds) throws Exception {
        AtomicLong acknowledged = new AtomicLong();
        List<KafkaProducer<byte[], byte[]>> producers = new ArrayList<>();
        for (int i = 0; i < shape.producers; i++) {
            producers.add(open(broker, shape));
            producers.get(i).partitionsFor(topic);
        }
        long started = System.nanoTime(), end = started + seconds * 1_000_000_000L;
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (KafkaProducer<byte[], byte[]> producer : producers) {
            Thread thread = new Thread(() -> send(producer, topic, shape.batch, end, acknowledged));
            thread.setUncaughtExceptionHandler((failed, failure) -> {
                synchronized (failures) { failures.add(failure); }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) thread.join();
        double lasted = (System.nanoTime() - started) / 1e9;
        producers.forEach(KafkaProducer::close);
        if (!failures.isEmpty()) throw new IllegalStateException("a producer failed", failures.get(0));
        return acknowledged.get() / lasted;
    }

    static void send(KafkaProducer<byte[], byte[]> producer, String topic, int batch, long end, AtomicLong acknowledged) {
        byte[] message = new byte[MESSAGE_BYTES];
        for (int i = 0; i < message.length; i++) message[i] = (byte) (' ' + i % 90);
        List<Future<RecordMetadata>> waiting = new ArrayList<>(batch);
        try {
            while (System.nanoTime() < end) {
                for (int i = 0; i < batch; i++) waiting.add(producer.send(new ProducerRecord<>(topic, message)));
                producer.flush();
                for (Future<RecordMetadata> one : waiting) one.get();
                acknowledged.addAndGet(batch);
                waiting.clear();
            }
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    static KafkaProducer<byte[], byte[]> open(String broker, Shape shape) {
        return new KafkaProducer<>(Map.of(
            "bootstrap.servers", broker,
            "acks", "all",
            // A batch of ours is one request, so is one of Kafka's: the usual 16 KiB would make ten of it.
            "batch.size", shape.batch > 1 ? 262_144 : 16_384,
            // Nobody else is coming while a producer waits for its answer.
            "linger.ms", shape.batch > 1 ? 5 : 0,
            "key.serializer", ByteArraySerializer.class.getName(),
            "value.serializer", ByteArraySerializer.class.getName()));
    }
}
