package io.logpipeline.redis;

import io.logpipeline.event.LogEvent;
import io.logpipeline.event.UserDay;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Events of a user on day 1. */
final class Events {
    private Events() {}

    static String key(String user) {
        return new UserDay(user, 1).key();
    }

    static LogEvent event(String user, String line) {
        return new LogEvent(new UserDay(user, 1), line.getBytes(StandardCharsets.UTF_8));
    }

    static List<LogEvent> events(String user, String... lines) {
        return Arrays.stream(lines).map(line -> event(user, line)).toList();
    }
}
