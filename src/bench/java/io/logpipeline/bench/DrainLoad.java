package io.logpipeline.bench;

import io.logpipeline.event.UserDay;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists that wait to be drained.
 *
 * @param run makes the users of one run differ from those of the one before
 * @param events in all lists together, in equal shares
 */
record DrainLoad(int run, int keys, int events) {
    private static final int DAY = 19818;

    UserDay userDay(int key) {
        return UserDay.fromKey(redisKey(key)).orElseThrow();
    }

    String redisKey(int key) {
        return "logs:user_" + run + "-" + (1_000_000 + key) + ":" + DAY;
    }

    int eventsOf(int key) {
        return events / keys + (key < events % keys ? 1 : 0);
    }

    /** About 100 bytes each, no two alike. */
    List<byte[]> elements(int key) {
        String user =
                redisKey(key).substring("logs:user_".length(), redisKey(key).lastIndexOf(':'));
        List<byte[]> elements = new ArrayList<>(eventsOf(key));
        for (int i = 0; i < eventsOf(key); i++) {
            String event =
                    "{\"user_id\":\""
                            + user
                            + "\",\"event\":\"clicked_button\",\"timestamp\":1712345678"
                            + ",\"seq\":"
                            + i
                            + ",\"page\":\"/checkout\"}";
            elements.add(event.getBytes(StandardCharsets.ISO_8859_1));
        }
        return elements;
    }
}
