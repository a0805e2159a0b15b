package io.logpipeline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogLineTest {
    @Test
    void plainValuesStandAsTheyAre() {
        assertThat(LogLine.of("Done").with("key", "logs:user_1:1").with("events", 3))
                .hasToString("Done key=logs:user_1:1 events=3");
    }

    @Test
    void valuesThatCouldBeMistakenAreQuoted() {
        assertThat(
                        LogLine.of("Done")
                                .with("a", "two words")
                                .with("b", "x=1")
                                .with("c", "say \"hi\"")
                                .with("d", "back\\slash")
                                .with("e", ""))
                .hasToString(
                        "Done a=\"two words\" b=\"x=1\" c=\"say \\\"hi\\\"\""
                                + " d=\"back\\\\slash\" e=\"\"");
    }
}
