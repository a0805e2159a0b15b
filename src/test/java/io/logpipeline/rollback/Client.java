package io.logpipeline.rollback;

import static java.util.stream.Collectors.joining;

import io.logpipeline.testing.HttpProducer;
import io.logpipeline.testing.Numbered;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One client of a load, a user of its own, so that its events are sent in order. */
final class Client implements Runnable {
    private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofMillis(5);

    /** What became of a request. */
    private record Answer(int tries, boolean stored) {}

    private final Load load;
    private final Numbered numbered;
    private final String user;
    private final Manner manner;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger repeats = new AtomicInteger();
    private @Nullable HttpProducer http;

    Client(Load load, Numbered numbered, String user, Manner manner) {
        this.load = load;
        this.numbered = numbered;
        this.user = user;
        this.manner = manner;
    }

    @Override
    public void run() {
        for (int first = 0; !load.isStopped(); first += manner.events()) {
            request(first);
        }
        disconnect();
    }

    private void request(int first) {
        int[] sequences = IntStream.range(first, first + manner.events()).toArray();
        boolean keptBefore = load.isKept();
        int livesBefore = load.lives();
        Answer answer = post(sequences);
        boolean remembered = answer.stored() && keptBefore && load.isKept();
        boolean perhapsTwice = answer.tries() > 1 && load.lives() > livesBefore;
        for (int sequence : sequences) {
            if (!remembered) {
                numbered.unsettled(user, sequence);
                continue;
            }
            numbered.acknowledged(user, sequence);
            if (perhapsTwice) {
                numbered.perhapsTwice(user, sequence);
            }
        }
        if (answer.stored()) {
            acknowledged.addAndGet(sequences.length);
        }
    }

    private Answer post(int[] sequences) {
        byte[] body = body(sequences).getBytes(StandardCharsets.UTF_8);
        List<String> headers =
                manner.repeats()
                        ? List.of("Idempotency-Key: " + user + "-" + sequences[0])
                        : List.of();
        for (int tries = 1; ; tries++) {
            if (status(body, headers) == 200) {
                return new Answer(tries, true);
            }
            refused.incrementAndGet();
            LockSupport.parkNanos(PAUSE_AFTER_REFUSAL.toNanos());
            if (!manner.repeats()) {
                return new Answer(tries, false);
            }
            repeats.incrementAndGet();
        }
    }

    private String body(int[] sequences) {
        return manner.events() == 1
                ? Numbered.line(user, sequences[0])
                : IntStream.of(sequences)
                        .mapToObj(sequence -> Numbered.line(user, sequence))
                        .collect(joining(",", "[", "]"));
    }

    /** Of the answer; 0 when there is none: whether the events were stored nobody knows. */
    private int status(byte[] body, List<String> headers) {
        try {
            if (http == null) {
                http = new HttpProducer(load.port());
            }
            return http.exchange("application/json", body, headers).status();
        } catch (IOException lost) {
            disconnect();
            return 0;
        }
    }

    private void disconnect() {
        try (HttpProducer last = http) {
            http = null;
        } catch (IOException alreadyLost) {
            // There is no more to it.
        }
    }

    /** Events whose answer was 200. */
    int acknowledged() {
        return acknowledged.get();
    }

    /** Tries whose answer was another one, or never came. */
    int refused() {
        return refused.get();
    }

    /** Tries that were not the first of their request. */
    int repeats() {
        return repeats.get();
    }
}
