package io.logpipeline.soak;

import io.logpipeline.testing.HttpProducer;
import io.logpipeline.testing.HttpProducer.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;

/**
 * Sends its events, one request after the other, each with a key of its own and as often as it
 * takes to be answered 200: so that each event must land once, and in order.
 */
final class Producer {
    private static final int TIMEOUT_MS = 5_000;
    private static final int LISTS_MAX = 6;
    private static final int BATCH_EVENTS_MAX = 400;
    private static final int RETRY_WAIT_MS_MAX = 400;

    /** Well before the idempotency key is forgotten. */
    private static final Duration GIVES_UP_AFTER = Duration.ofMinutes(5);

    /** What all producers saw of the APIs. */
    static final class Tally {
        final AtomicLong acknowledgedEvents = new AtomicLong();
        final AtomicLong requests = new AtomicLong();
        final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();

        private void failed(String how) {
            failures.computeIfAbsent(how, absent -> new AtomicLong()).incrementAndGet();
        }
    }

    private final Workload workload;
    private final Fleet fleet;
    private final Tally tally;
    private final SplittableRandom random;
    private final int number;
    private final int[] sent;
    private final HttpProducer[] connections = new HttpProducer[Fleet.APIS];
    private final int[] ports = new int[Fleet.APIS];
    private int requests;
    private int api;

    Producer(Workload workload, Fleet fleet, Tally tally, int number, long seed) {
        this.workload = workload;
        this.fleet = fleet;
        this.tally = tally;
        this.number = number;
        this.random = new SplittableRandom(seed ^ number * 0x9E3779B97F4A7C15L);
        this.sent = new int[workload.lists()];
        this.api = number % Fleet.APIS;
    }

    /** Sends this many events; the answer is how many of them went to each list. */
    int[] send(long events) throws InterruptedException {
        try {
            long left = events;
            while (left > 0) {
                left -= sendOne(left);
            }
            return sent;
        } finally {
            for (int i = 0; i < connections.length; i++) {
                disconnect(i);
            }
        }
    }

    private int sendOne(long eventsLeft) throws InterruptedException {
        boolean single = random.nextBoolean();
        int count = single ? 1 : 1 + random.nextInt(BATCH_EVENTS_MAX);
        count = (int) Math.min(count, eventsLeft);
        boolean lines = !single && random.nextBoolean();
        List<byte[]> events = events(count);
        byte[] body = single ? events.getFirst() : lines ? lines(events) : array(events);
        List<String> headers = new ArrayList<>();
        headers.add("Idempotency-Key: p" + number + "-" + requests++);
        if (lines && random.nextBoolean()) {
            headers.add("Content-Encoding: gzip");
            body = gzip(body);
        }
        String type = lines ? "application/x-ndjson" : "application/json";
        String expected = single ? "" : "{\"accepted\":" + count + "}";
        deliver(type, body, headers, expected);
        tally.requests.incrementAndGet();
        tally.acknowledgedEvents.addAndGet(count);
        return count;
    }

    private List<byte[]> events(int count) {
        int[] lists = new int[Math.min(count, 1 + random.nextInt(LISTS_MAX))];
        for (int i = 0; i < lists.length; i++) {
            lists[i] = workload.pick(random);
        }
        List<byte[]> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int list = lists[random.nextInt(lists.length)];
            events.add(workload.line(list, number, sent[list]++));
        }
        return events;
    }

    private void deliver(String type, byte[] body, List<String> headers, String expected)
            throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            try {
                Reply reply = connection().exchange(type, body, headers);
                if (reply.status() == 200) {
                    if (!reply.body().equals(expected)) {
                        throw new AssertionError(headers + ": " + reply + ", not " + expected);
                    }
                    return;
                }
                if (reply.status() != 500 && reply.status() != 503) {
                    throw new AssertionError(headers + ": " + reply);
                }
                tally.failed(Integer.toString(reply.status()));
            } catch (IOException unanswered) {
                tally.failed("no answer");
                disconnect(api);
            }
            if (System.nanoTime() - start > GIVES_UP_AFTER.toNanos()) {
                throw new AssertionError(headers + ": no API takes it");
            }
            TimeUnit.MILLISECONDS.sleep(1 + random.nextInt(RETRY_WAIT_MS_MAX));
            api = (api + 1) % Fleet.APIS;
        }
    }

    private HttpProducer connection() throws IOException {
        int port = fleet.apiPort(api);
        if (connections[api] == null || ports[api] != port) {
            disconnect(api);
            connections[api] = new HttpProducer(port, TIMEOUT_MS);
            ports[api] = port;
        }
        return connections[api];
    }

    private void disconnect(int slot) {
        if (connections[slot] == null) {
            return;
        }
        try {
            connections[slot].close();
        } catch (IOException closedAlready) {
            // Nothing was promised on it.
        }
        connections[slot] = null;
    }

    private static byte[] lines(List<byte[]> events) {
        return joined(events, "", "\n", "\n");
    }

    private static byte[] array(List<byte[]> events) {
        return joined(events, "[", ",", "]");
    }

    private static byte[] joined(List<byte[]> events, String before, String between, String after) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(events.size() * 128);
        String separator = before;
        for (byte[] event : events) {
            body.writeBytes(separator.getBytes(StandardCharsets.US_ASCII));
            body.writeBytes(event);
            separator = between;
        }
        body.writeBytes(after.getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }
}
