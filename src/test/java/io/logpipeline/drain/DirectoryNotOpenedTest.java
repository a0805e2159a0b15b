package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.file.DirectoryErrors;
import io.logpipeline.file.Disk;
import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.TestRedis;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that may not be opened is told as what it is, and tried again. */
class DirectoryNotOpenedTest {
    private static final String LIST = "logs:user_a:1";

    @TempDir private Path logDir;

    /** The real disk, on which a user's directory can't be opened once. */
    private static Disk deniedOnce() {
        Disk disk = new NioDisk();
        AtomicBoolean denied = new AtomicBoolean();
        return (Disk)
                Proxy.newProxyInstance(
                        Disk.class.getClassLoader(),
                        new Class<?>[] {Disk.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("forceDirectory")
                                    && arguments[0].toString().contains("user_")
                                    && denied.compareAndSet(false, true)) {
                                throw DirectoryErrors.notOpened(
                                        new AccessDeniedException(arguments[0].toString()));
                            }
                            try {
                                return method.invoke(disk, arguments);
                            } catch (InvocationTargetException thrown) {
                                throw thrown.getCause();
                            }
                        });
    }

    @Test
    void itCountsAsAMatterOfPermission() throws Exception {
        Duration lease = Duration.ofSeconds(60);
        try (ConnectedRedis redis = ConnectedRedis.to(TestRedis.emptyUrl());
                DrainStage stage =
                        new DrainStage(redis.link(), deniedOnce(), logDir, "replica", lease, 1)) {
            redis.server().rpush(LIST, "1");
            redis.server().xadd(RedisKeys.PENDING, Map.of("key", LIST, "noticed_us", "1"));
            Await.until("it landed", () -> stage.telemetry.drained.contains(LIST));

            assertThat(stage.telemetry.failures(LIST))
                    .extracting(RecordedTelemetry.Failure::reason)
                    .containsExactly(DrainFailure.PERMISSION);
            assertThat(stage.lines(LIST)).containsExactly("1");
        }
    }
}
