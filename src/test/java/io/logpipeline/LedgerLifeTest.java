package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerLifeTest {
    private static final String EVENT = "{\"user_id\":\"a\",\"event\":\"x\",\"timestamp\":1}";
    private static final int LEDGER_SECONDS = 600;

    @TempDir private Path directory;

    /** Who looks at the file while it counts as one of the ledger is to find that at its claim. */
    @Test
    void aLedgerOutlivesTheTimeThatItsFileCountsAsOneOfIt() throws Exception {
        Path logs = directory.resolve("logs");
        try (RedisProcess redis = RedisProcess.start();
                StartedPipeline all =
                        StartedPipeline.with(redis.url())
                                .set("DRAINER_LEDGER_SECONDS", Integer.toString(LEDGER_SECONDS))
                                .set("DRAINER_INTERVAL_SECONDS", "1")
                                .set("DRAINER_LOG_DIR", logs.toString())
                                .start(Role.ALL, directory)) {
            assertThat(all.post(EVENT).statusCode()).isEqualTo(200);
            String ledger = "{logs:user_a:0}:ledger";
            Await.until(
                    "it is committed",
                    () -> redis.<Long>with(commands -> commands.ttl(ledger)) > 0);

            assertThat(Files.readString(logs.resolve("user_a/0.jsonl"))).isEqualTo(EVENT + "\n");
            assertThat(redis.<Long>with(commands -> commands.ttl(ledger)))
                    .isGreaterThan(LEDGER_SECONDS + 60);
        }
    }
}
