package io.logpipeline.redis;

import io.logpipeline.event.LogEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The events of one request, by list, on their way to Redis. Ends once, with its last part. */
final class PushRequest {
    private static final int EVENT_OVERHEAD_BYTES = 64;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** What became of one list's part. */
    sealed interface PartEnd {
        record Stored() implements PartEnd {}

        record Duplicate() implements PartEnd {}

        record OtherEvents() implements PartEnd {}

        record Failed(RedisFailure failure) implements PartEnd {}
    }

    /** Told of a request that has ended, once. */
    interface Ended {
        void with(PushRequest request);
    }

    private final Map<String, List<byte[]>> lines = new LinkedHashMap<>();
    private final Iterator<Map.Entry<String, List<byte[]>>> unsent;
    private final @Nullable String idempotencyKey;
    private final int events;
    private final int bytes;
    private final CompletableFuture<PushOutcome> outcome = new CompletableFuture<>();

    private volatile long lastProgressNanos = System.nanoTime();
    private int partsOpen;
    private boolean ended;
    private boolean anyStored;
    private boolean keyReused;
    private @Nullable RedisFailure failure;

    PushRequest(List<LogEvent> events, @Nullable String idempotencyKey) {
        this.idempotencyKey = idempotencyKey;
        this.events = events.size();
        int total = 0;
        for (LogEvent event : events) {
            lines.computeIfAbsent(event.userDay().key(), absent -> new ArrayList<>(1))
                    .add(event.line());
            total += event.line().length + EVENT_OVERHEAD_BYTES;
        }
        this.bytes = total;
        this.partsOpen = lines.size();
        this.unsent = lines.entrySet().iterator();
    }

    /**
     * What is not sent yet: the events of a list, in their order, list after list. The sender's
     * alone.
     */
    Iterator<Map.Entry<String, List<byte[]>>> unsent() {
        return unsent;
    }

    @Nullable String idempotencyKey() {
        return idempotencyKey;
    }

    int events() {
        return events;
    }

    /** About what it takes of memory. */
    int bytes() {
        return bytes;
    }

    /** Nobody waits for it any more. */
    boolean isGivenUp() {
        return outcome.isDone();
    }

    /** Waits for its end, as long as there is progress within each time-out. */
    PushOutcome await(Duration timeout) throws InterruptedException {
        while (true) {
            try {
                return outcome.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException late) {
                if (System.nanoTime() - lastProgressNanos > timeout.toNanos()) {
                    outcome.complete(
                            failed(new RedisFailure(RedisFailure.Kind.TIMED_OUT, "no reply")));
                }
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /**
     * Notes one part's end; true when the request has ended by it, and is to be {@linkplain #tell
     * told} of it.
     */
    synchronized boolean partEnded(PartEnd end) {
        lastProgressNanos = System.nanoTime();
        switch (end) {
            case PartEnd.Stored stored -> anyStored = true;
            case PartEnd.Duplicate duplicate -> {}
            case PartEnd.OtherEvents other -> keyReused = true;
            case PartEnd.Failed failed -> failure = failed.failure();
        }
        partsOpen--;
        return partsOpen <= 0 && end();
    }

    /** Ends the request with parts open; true as in {@link #partEnded}. */
    synchronized boolean abort(RedisFailure cause) {
        failure = cause;
        return end();
    }

    private boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        return true;
    }

    /** Tells whoever waits what became of it. */
    synchronized void tell() {
        if (failure != null) {
            outcome.complete(failed(failure));
        } else if (keyReused) {
            outcome.complete(new PushOutcome.KeyReused());
        } else {
            outcome.complete(anyStored ? new PushOutcome.Stored() : new PushOutcome.Duplicate());
        }
    }

    private static PushOutcome failed(RedisFailure failure) {
        return new PushOutcome.Failed(failure.publicDetails(), RETRY_AFTER);
    }
}
