package io.logpipeline.bench;

import io.logpipeline.event.EventParser;
import io.logpipeline.event.ParseResult;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From a body's bytes to events, per event. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ParserBenchmark {
    private static final int BATCH = 1_000;
    private static final String DOCUMENTED =
            "{\"user_id\":\"123\",\"event\":\"clicked_button\",\"timestamp\":1712345678}";
    private static final String EXTENDED =
            "{\"user_id\": \"é-123\", \"event\": \"said \\\"hi\\\"\", \"timestamp\": 1712345678,"
                + " \"page\": {\"path\": \"/a\", \"ms\": 12.50}, \"tags\": [\"x\", null, true]}";

    private final byte[] documented = bytes(DOCUMENTED);
    private final byte[] extended = bytes(EXTENDED);
    private final byte[] array =
            bytes("[" + (DOCUMENTED + ",").repeat(BATCH - 1) + DOCUMENTED + "]");
    private final byte[] lines = bytes((DOCUMENTED + "\n").repeat(BATCH));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Benchmark
    public ParseResult documentedEvent() {
        return EventParser.parse(documented, documented.length);
    }

    @Benchmark
    public ParseResult eventWithMoreMembers() {
        return EventParser.parse(extended, extended.length);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public ParseResult eventOfAnArray() {
        return EventParser.parse(array, array.length);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public ParseResult eventOfLines() {
        return EventParser.parseLines(lines, lines.length);
    }
}
