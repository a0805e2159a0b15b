package io.logpipeline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SaidOnceTest {
    private static final Duration WINDOW = Duration.ofMinutes(10);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final SaidOnce filter = new SaidOnce(WINDOW, nanos::get);

    private boolean passes(String text) {
        return filter.isLoggable(new LogRecord(Level.WARNING, text));
    }

    @Test
    void aTextComesAgainInTheNextWindow() {
        assertThat(passes("one")).isTrue();
        nanos.addAndGet(WINDOW.toNanos() - 1);
        assertThat(passes("one")).isFalse();
        assertThat(passes("two")).isTrue();
        nanos.addAndGet(1);
        assertThat(passes("one")).isTrue();
    }

    @Test
    void textsThatAreAllDifferentAreBoundedToo() {
        assertThat(IntStream.range(0, 15).allMatch(i -> passes("try " + i))).isTrue();
        LogRecord last = new LogRecord(Level.WARNING, "try 15");
        assertThat(filter.isLoggable(last)).isTrue();
        assertThat(last.getMessage()).startsWith("try 15;").contains("held back");
        assertThat(IntStream.range(16, 1000).noneMatch(i -> passes("try " + i))).isTrue();
    }
}
