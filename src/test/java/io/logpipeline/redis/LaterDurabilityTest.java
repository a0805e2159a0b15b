package io.logpipeline.redis;

import io.logpipeline.testing.LaterRedis;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIf;

/** The same where {@code WAIT} waits for what its connection wrote, not for all that it saw. */
@EnabledIf("io.logpipeline.testing.LaterRedis#isThere")
class LaterDurabilityTest extends DurabilityTest {
    @Override
    Path program() {
        return LaterRedis.program();
    }
}
