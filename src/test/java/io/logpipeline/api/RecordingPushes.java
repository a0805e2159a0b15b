package io.logpipeline.api;

import io.logpipeline.event.LogEvent;
import io.logpipeline.redis.PushOutcome;
import io.logpipeline.redis.Pushes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps in memory what it is given, and answers as told. */
final class RecordingPushes implements Pushes {
    private final List<String> lines = new ArrayList<>();
    private final List<@Nullable String> idempotencyKeys = new ArrayList<>();
    private Supplier<PushOutcome> answer = PushOutcome.Stored::new;

    @Override
    public synchronized PushOutcome push(List<LogEvent> events, @Nullable String idempotencyKey) {
        PushOutcome outcome = answer.get();
        for (LogEvent event : events) {
            lines.add(new String(event.line(), StandardCharsets.UTF_8));
        }
        idempotencyKeys.add(idempotencyKey);
        return outcome;
    }

    synchronized void answerWith(Supplier<PushOutcome> outcome) {
        answer = outcome;
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    synchronized List<@Nullable String> idempotencyKeys() {
        return new ArrayList<>(idempotencyKeys);
    }
}
