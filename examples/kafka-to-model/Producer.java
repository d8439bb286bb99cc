import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends clicks to a topic, a thousand a second: {@code Producer BROKER TOPIC [HOW-MANY]}. */
final class Producer {
    public static void main(String[] args) throws InterruptedException {
        int clicks = args.length > 2 ? Integer.parseInt(args[2]) : Integer.MAX_VALUE;
        Random random = new Random(1);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", args[0]), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < clicks; i++) {
                String city = new String[] {"Berlin", "Lima", "Oslo"}[random.nextInt(3)];
                double price = random.nextInt(100);
                boolean clicked = price < (city.equals("Lima") ? 70 : 30) ^ random.nextInt(10) == 0;
                String click = "{\"city\": \"" + city + "\", \"price\": " + price + ", \"clicked\": " + clicked + "}";
                producer.send(new ProducerRecord<>(args[1], "user" + random.nextInt(1_000), click));
                if (i % 1_000 == 999) {
                    Thread.sleep(1_000);
                }
            }
        }
    }

    private Producer() {}
}
