package io.logpipeline.testing;

import com.redis.testcontainers.RedisContainer;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;
import java.util.Map;
import org.testcontainers.DockerClientFactory;

/**
 * The Redis that tests share which don't stop it: {@code TEST_REDIS_URL} or {@code REDIS_URL} when
 * set, else a container, else the embedded binary. One after the other they begin with a database
 * that holds nothing but the marker.
 *
 * <p>Invariant: no server is emptied that held anything when the tests came, unless it carries the
 * marker of an earlier run. {@code REDIS_URL} is the pipeline's own setting, and what it names may
 * be somebody's events.
 */
public final class TestRedis {
    /** Says that the tests may empty the server it lies on. */
    static final String MARKER = "logpipeline:test";

    private static final String IMAGE = "redis:7.4-alpine";
    private static final List<String> VARIABLES = List.of("TEST_REDIS_URL", "REDIS_URL");
    private static boolean ours;

    private static final class Shared {
        static boolean given;
        static final String URL = choose();

        private static String choose() {
            Map<String, String> environment = System.getenv();
            for (String variable : VARIABLES) {
                String url = environment.getOrDefault(variable, "");
                if (!url.isBlank()) {
                    given = true;
                    return say(variable, url);
                }
            }
            if (dockerAnswers()) {
                RedisContainer container = new RedisContainer(IMAGE);
                container.start();
                return say("a container of " + IMAGE, container.getRedisURI());
            }
            RedisProcess process = RedisProcess.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::close));
            return say("the embedded redis-server", process.url());
        }

        private static String say(String what, String url) {
            System.out.println("Tests use " + what + " as their shared Redis");
            return url;
        }

        private static boolean dockerAnswers() {
            try {
                return DockerClientFactory.instance().isDockerAvailable();
            } catch (RuntimeException | LinkageError noDocker) {
                return false;
            }
        }
    }

    private TestRedis() {}

    /** The shared server, emptied. */
    public static synchronized String emptyUrl() {
        if (!ours) {
            requireOurs(Shared.URL);
            ours = true;
            if (Shared.given) {
                // Tests empty it by themselves, and the marker goes with the rest.
                Runtime.getRuntime().addShutdownHook(new Thread(() -> empty(Shared.URL)));
            }
        }
        empty(Shared.URL);
        return Shared.URL;
    }

    /**
     * Looks whether the tests may empty a server: it holds nothing in any database, or the marker.
     *
     * @throws IllegalStateException when they may not
     */
    static void requireOurs(String url) {
        if (!RedisProcess.with(url, TestRedis::mayBeEmptied)) {
            throw new IllegalStateException(
                    "the Redis given by "
                            + String.join(" or ", VARIABLES)
                            + " holds keys that no test of ours left there: tests would empty it."
                            + " Give an empty one, or SET "
                            + MARKER
                            + " in it when all it holds may go");
        }
    }

    private static boolean mayBeEmptied(RedisCommands<String, String> commands) {
        // One line for each database that holds a key: emptying goes over all of them.
        boolean empty = commands.info("keyspace").lines().noneMatch(line -> line.startsWith("db"));
        return empty || commands.exists(MARKER) == 1;
    }

    static void empty(String url) {
        RedisProcess.with(
                url,
                commands -> {
                    commands.flushall();
                    return commands.set(MARKER, "may be emptied");
                });
    }
}
