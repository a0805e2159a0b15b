package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ToolchainTest {
    @Test
    void testsRunOnTheJdkThatTheBuildNames() {
        assertThat(Runtime.version().feature()).isEqualTo(25);
    }
}
