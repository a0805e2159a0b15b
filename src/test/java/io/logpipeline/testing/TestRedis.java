package io.logpipeline.testing;

import com.redis.testcontainers.RedisContainer;
import org.testcontainers.DockerClientFactory;

/**
 * The Redis that tests share which don't stop it: {@code REDIS_URL} when set, else a container,
 * else the embedded binary. One after the other they begin with an empty database.
 */
public final class TestRedis {
    private static final String IMAGE = "redis:7.4-alpine";

    private static final class Shared {
        static final String URL = choose();

        private static String choose() {
            String given = System.getenv("REDIS_URL");
            if (given != null && !given.isBlank()) {
                return say("REDIS_URL", given);
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

    /** An empty database on the shared server. */
    public static String emptyUrl() {
        RedisProcess.with(Shared.URL, commands -> commands.flushall());
        return Shared.URL;
    }
}
