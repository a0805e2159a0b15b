package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.TestRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A token is replaced while clients post with the old one, and then with the new one. */
class TokenRotationTest {
    private static final String OLD = "old-token-of-16-characters";
    private static final String NEW = "new-token-of-16-characters";

    @TempDir private Path directory;

    private int status(StartedPipeline api, String token) throws Exception {
        return api.post(Numbered.line("token", 0), "Authorization", "Bearer " + token).statusCode();
    }

    @Test
    void bothAreGoodWhileBothAreInTheFileAndNoneButTheNewOneAfterwards() throws Exception {
        Path file = Files.writeString(directory.resolve("tokens"), "shop:" + OLD + "\n");
        try (StartedPipeline api =
                StartedPipeline.with(TestRedis.emptyUrl())
                        .set("SERVER_TOKENS_FILE", file.toString())
                        .start(directory)) {
            Await.until("it is up", () -> status(api, OLD) == 200);
            assertThat(status(api, NEW)).isEqualTo(401);

            Files.writeString(file, "shop:" + OLD + "\nshop-2:" + NEW + "\n");
            Await.until(
                    "the new one is taken up",
                    () -> {
                        assertThat(status(api, OLD)).isEqualTo(200);
                        return status(api, NEW) == 200;
                    });

            Files.writeString(file, "shop-2:" + NEW + "\n");
            Await.until(
                    "the old one is gone",
                    () -> {
                        assertThat(status(api, NEW)).isEqualTo(200);
                        return status(api, OLD) == 401;
                    });
        }
    }
}
