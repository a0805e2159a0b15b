package io.logpipeline;

import io.logpipeline.event.UserDay;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What the demo role tells the person at the terminal. */
final class Demo {
    private static final int LINES_SHOWN_MAX = 3;

    private final Path logDir;

    Demo(Path logDir) {
        this.logDir = logDir;
    }

    void banner(String host, int port, int observePort, Duration interval) {
        System.out.printf(
                """

                Log Pipeline demo: API, drainer and a Redis of its own. Try:

                  curl -i http://%s:%d/log -H 'Content-Type: application/json' \
                -d '{"user_id":"123","event":"clicked_button","timestamp":1712345678}'

                Within %d seconds the event is in %s/user_123/19818.jsonl
                Watch it live: http://%s:%d/ (there too: /metrics and /health)
                Ctrl-C ends it; the files stay.

                """,
                host, port, 2 * interval.toSeconds(), logDir, host, observePort);
        System.out.flush();
    }

    void landed(UserDay userDay, List<byte[]> elements) {
        Path path = logDir.resolve(userDay.directory()).resolve(userDay.fileName());
        StringBuilder text = new StringBuilder("landed in ").append(path).append('\n');
        elements.stream()
                .limit(LINES_SHOWN_MAX)
                .forEach(line ->
                        text.append("  ")
                                .append(new String(line, StandardCharsets.UTF_8))
                                .append('\n'));
        if (elements.size() > LINES_SHOWN_MAX) {
            text.append("  and ").append(elements.size() - LINES_SHOWN_MAX).append(" more\n");
        }
        System.out.print(text);
        System.out.flush();
    }
}
