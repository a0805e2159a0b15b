package io.logpipeline.page;

import io.logpipeline.page.History.Sample;
import io.logpipeline.redis.Replicas;
import io.logpipeline.telemetry.Figures;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.RecentFailures.Episode;
import jakarta.json.Json;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one watcher is told: everything at first, then what is new, as events of a stream
 * (server-sent events, HTML Living Standard, 9.2). Ages instead of times: clocks of others may be
 * wrong.
 */
final class News {
    private static final JsonGeneratorFactory JSON = Json.createGeneratorFactory(Map.of());

    /** What ends a replica's name. What stands before may be the name of a host. */
    private static final Pattern SHORT_NAME = Pattern.compile("-([0-9a-f]{8})$");

    private final Subject subject;
    private final History history;
    private final ReplicaLook replicas;
    private final long startNanos;
    private boolean first = true;
    private long samplesTold;
    private long failuresTold;

    /**
     * @param startNanos when the process began
     */
    News(Subject subject, History history, ReplicaLook replicas, long startNanos) {
        this.subject = subject;
        this.history = history;
        this.replicas = replicas;
        this.startNanos = startNanos;
    }

    /** The next event. */
    byte[] next() {
        StringWriter text = new StringWriter();
        text.write("data: ");
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.write("first", first);
            json.write("up_ms", subject.clock().since(startNanos).toMillis());
            if (first) {
                writeProcess(json);
            }
            Optional<ReplicaLook.Seen> seen = replicas.latest();
            writeVerdict(json, Verdict.of(subject, seen.map(ReplicaLook.Seen::group)));
            writeNow(json);
            writeSamples(json);
            writeReplicas(json, seen);
            writeFailures(json);
            json.writeEnd();
        }
        first = false;
        text.write("\n\n");
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void writeProcess(JsonGenerator json) {
        Subject.Traits traits = subject.traits();
        json.writeStartObject("process")
                .write("role", subject.state().role())
                .write("version", subject.state().version())
                .write("replica", shortName(traits.replica()))
                .write("ingests", traits.ingests())
                .write("drains", traits.drains())
                .write("lag_usual_ms", traits.lagUsual().toMillis())
                .write("lag_high_ms", traits.lagHigh().toMillis())
                .writeEnd();
    }

    private static void writeVerdict(JsonGenerator json, Verdict verdict) {
        json.writeStartObject("verdict").write("grade", word(verdict.grade()));
        json.writeStartArray("reasons");
        verdict.reasons().forEach(json::write);
        json.writeEnd().writeEnd();
    }

    private void writeNow(JsonGenerator json) {
        PipelineState state = subject.state();
        Figures figures = subject.figures().get();
        json.writeStartObject("now")
                .write("redis", state.redisUp())
                .write("queue", figures.pushQueueEvents())
                .write("in_hand", figures.keysInHand())
                .write("sweeps", figures.sweeps());
        if (subject.traits().drains()) {
            json.write("log_dir", logDir());
            PipelineState.Space space = state.logDirSpace();
            if (space != null) {
                json.write("free_bytes", space.freeBytes()).write("size_bytes", space.sizeBytes());
            }
        }
        json.writeEnd();
    }

    private String logDir() {
        if (subject.logDirUnusable()) {
            return "unusable";
        }
        return subject.state().logDirProblem() == null ? "usable" : "unknown";
    }

    private void writeSamples(JsonGenerator json) {
        List<Sample> fresh = history.after(samplesTold);
        samplesTold = history.total();
        json.writeStartArray("samples");
        for (Sample sample : fresh) {
            json.writeStartArray().write(subject.clock().since(sample.nanos()).toMillis());
            if (sample.known()) {
                json.write(sample.lagSeconds()).write(sample.keysPending());
            } else {
                json.writeNull().writeNull();
            }
            json.write(tenths(sample.accepted())).write(tenths(sample.drained())).writeEnd();
        }
        json.writeEnd();
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }

    private void writeReplicas(JsonGenerator json, Optional<ReplicaLook.Seen> seen) {
        if (seen.isEmpty()) {
            json.writeNull("replicas");
            return;
        }
        Replicas.Group group = seen.get().group();
        Duration lease = subject.traits().lease();
        json.writeStartObject("replicas")
                .write("count", group.count())
                .write("untaken", group.untaken())
                .write("sweeper", group.sweeper().map(News::shortName).orElse(""));
        if (seen.get().endedPerSecond() >= 0) {
            json.write("ended_per_s", tenths(seen.get().endedPerSecond()));
        }
        json.writeStartArray("members");
        for (Replicas.Member member : group.members()) {
            json.writeStartObject()
                    .write("name", shortName(member.name()))
                    .write("self", member.name().equals(subject.traits().replica()))
                    .write("held", member.held())
                    .write("idle_ms", member.idle().toMillis())
                    .write("presence", word(Presence.of(member, lease)))
                    .writeEnd();
        }
        json.writeEnd().writeEnd();
    }

    private void writeFailures(JsonGenerator json) {
        long revision = subject.failures().revision();
        if (!first && revision == failuresTold) {
            return;
        }
        failuresTold = revision;
        json.writeStartArray("failures");
        for (Episode episode : subject.failures().newestFirst()) {
            json.writeStartObject()
                    .write("kind", episode.fact().kind())
                    .write("reason", episode.fact().reason())
                    .write("sentence", episode.fact().sentence())
                    .write("level", episode.fact().level().name().toLowerCase(Locale.ROOT))
                    .write("count", episode.count())
                    .write("lasted_ms", episode.lasted().toMillis())
                    .write("ago_ms", episode.ago().toMillis())
                    .writeEnd();
        }
        json.writeEnd();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** What tells replicas apart, and nothing else of their names. */
    static String shortName(String replica) {
        Matcher end = SHORT_NAME.matcher(replica);
        return end.find() ? end.group(1) : "not ours";
    }
}
