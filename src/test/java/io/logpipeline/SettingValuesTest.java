package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.access.TokenBuckets;
import io.logpipeline.file.Sync;
import io.logpipeline.redis.Durability;
import io.logpipeline.testing.Certificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which values settings have, and in which words others are refused. */
class SettingValuesTest {
    @TempDir private Path directory;
    private GivenSettings given;

    @BeforeEach
    void give() {
        given = new GivenSettings(directory);
    }

    @Test
    void aSettingOutOfRangeIsNamedWithItsRange() {
        given.refusalWith("SERVER_PORT", "70000").contains("server.port", "0 to 65535", "70000");
        given.refusalWith("SERVER_PORT", "-7").contains("server.port", "-7");
        given.refusalWith("SERVER_HOST", " ").contains("server.host", "empty");
        given.refusalWith("DRAINER_STREAMS", "0").contains("drainer.streams", "1 to 64", "0");
        given.refusalWith("DRAINER_STREAMS", "65").contains("drainer.streams", "1 to 64", "65");
        given.refusalWith("DRAINER_WORKERS", "many").contains("drainer.workers", "many");
        given.refusalWith("DRAINER_LOG_PATTERN", "*").contains("drainer.log_pattern", "logs:user_");
        given.refusalWith("DRAINER_LOG_DIR", "a\0b").contains("drainer.log_dir", "not a path");
        given.refusalWith("SERVER_TOKENS_FILE", "a\0b")
                .contains("server.tokens_file", "not a path");
        given.refusalWith("LOG_LEVEL", "LOUD").contains("log.level", "LOUD");
        given.refusalWith("LOG_FORMAT", "xml").contains("log.format", "xml");
    }

    @Test
    void durabilityIsOneOfItsWords() {
        assertThat(given.read().redis().durability()).isEqualTo(Durability.MEMORY);
        given.environment.put("REDIS_DURABILITY", "aof");
        assertThat(given.read().redis().durability()).isEqualTo(new Durability.AppendOnlyFile());
        given.environment.put("REDIS_DURABILITY", "replicas:2");
        assertThat(given.read().redis().durability()).isEqualTo(new Durability.Replicas(2));
        for (String word : List.of("replicas", "replicas:0", "replicas:10", "AOF", "disk")) {
            given.refusalWith("REDIS_DURABILITY", word)
                    .contains("redis.durability", "memory, aof or replicas:N", word);
        }
    }

    @Test
    void aBatchThatRedisCouldNotTakeAsOneCallIsOutOfRange() {
        given.refusalWith("SERVER_MAX_BATCH_BYTES", Integer.toString((32 << 20) + 1))
                .contains("server.max_batch_bytes", "33554432");

        given.environment.put("SERVER_MAX_BATCH_BYTES", Integer.toString(32 << 20));
        given.environment.put("REDIS_PUSH_QUEUE_BYTES_MAX", Integer.toString(128 << 20));
        assertThat(given.read().server().maxBatchBytes()).isEqualTo(32 << 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:6379/s3cr3t",
                "http://:s3cr3t@redis:6379",
                "redis://:s3cr3t@redis:99999",
                "redis://:s3cr3t@",
                "redis-sentinel://:s3cr3t@redis:26379",
                "rediss-sentinel://redis:26379?sentinelPassword=s3cr3t",
                "redis-sentinel://redis:26379?sentinelPassword=%s3cr3t#main",
                "redis-sentinel://redis:26379?sentinelPassword=s3#cr3t#main"
            })
    void aUrlThatIsNoneIsRefusedWithoutShowingIt(String url) {
        given.refusalWith("REDIS_URL", url)
                .startsWith("redis.url: expected")
                .doesNotContain("s3cr3t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://one:7000,two:7001",
                "rediss://user:s3cr3t@one:7000,two:7001,three:7002",
                "redis://one:7000,one:7000",
                "redis://one,two/0"
            })
    void severalNodesAreACluster(String url) {
        given.environment.put("REDIS_URL", url);
        assertThat(given.read().redis().server().url()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://:s3cr3t@one:7000,",
                "redis://:s3cr3t@,two:7001",
                "redis://:s3cr3t@one:7000,two:99999",
                "redis://:s3cr3t@one:7000,redis://two:7001"
            })
    void nodesThatAreNoneAreRefusedWithoutShowingThem(String url) {
        given.refusalWith("REDIS_URL", url)
                .startsWith("redis.url: expected")
                .doesNotContain("s3cr3t");
    }

    @Test
    void aClusterHasOneDatabase() {
        given.refusalWith("REDIS_URL", "redis://:s3cr3t@one:7000,two:7001/3")
                .isEqualTo("redis.url: a cluster has no database but 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://one:6379?sentinelPassword=s3cr3t",
                "rediss://one:7000,two:7001?timeout=5s&sentinelPassword=s3cr3t",
                "redis://one:6379?sentinelUser=s3cr3t"
            })
    void whatIsTheSentinelsGoesWithSentinelsOnly(String url) {
        given.refusalWith("REDIS_URL", url)
                .isEqualTo(
                        "redis.url: sentinelUser and sentinelPassword are for redis-sentinel:// and"
                                + " rediss-sentinel:// only");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis-sentinel://:s3cr3t@one?sentinelUser=s3cr3t#main",
                "redis-sentinel://:s3cr3t@one?sentinelUser=s3cr3t;sentinelPassword=#main"
            })
    void aUserOfSentinelsHasAPassword(String url) {
        given.refusalWith("REDIS_URL", url)
                .isEqualTo("redis.url: sentinelPassword is missing or empty");
    }

    @Test
    void aPasswordOfSentinelsIsNoPartOfAName() {
        given.refusalWith("REDIS_URL", "redis-sentinel://one#main?sentinelPassword=s3cr3t")
                .startsWith("redis.url: sentinelUser and sentinelPassword come before the #")
                .doesNotContain("s3cr3t");
    }

    @Test
    void aParameterOfAnotherNameIsRefused() {
        given.refusalWith("REDIS_URL", "redis-sentinel://one?sentinelPasword=s3cr3t#main")
                .isEqualTo("redis.url: unknown parameter sentinelPasword");
    }

    @Test
    void tlsFilesGoWithUrlsOfTls() throws Exception {
        Certificates certificates = new Certificates();
        String authority = certificates.authorityFile(directory).toString();
        for (String url : List.of("rediss://one", "rediss-sentinel://one,two#main")) {
            given.environment.put("REDIS_URL", url);
            given.environment.put("REDIS_TLS_CA_FILE", authority);
            assertThat(given.read().redis().server().authority()).isPresent();
        }
        for (String url : List.of("redis://one", "redis-sentinel://one,two#main")) {
            given.refusalWith("REDIS_URL", url, "REDIS_TLS_CA_FILE", authority)
                    .contains("redis.tls_*", "rediss://", "rediss-sentinel://");
        }
    }

    @Test
    void accessAndLimitsAreOffUnlessSet() {
        Settings.Server server = given.read().server();
        assertThat(server.tls()).isEmpty();
        assertThat(server.limits().clientRequests()).isEmpty();
        assertThat(server.limits().userEvents()).isEmpty();
        assertThat(server.limits().concurrentRequests()).isEmpty();

        given.environment.put("SERVER_REQUESTS_PER_SECOND_PER_CLIENT", "5");
        given.environment.put("SERVER_EVENTS_PER_SECOND_PER_USER", "1000000");
        given.environment.put("SERVER_EVENTS_BURST_PER_USER", "7");
        given.environment.put("SERVER_CONCURRENT_REQUESTS_MAX", "3");
        Settings.Limits limits = given.read().server().limits();
        assertThat(limits.clientRequests()).contains(new TokenBuckets.Rate(5, 50));
        assertThat(limits.userEvents()).contains(new TokenBuckets.Rate(1_000_000, 7));
        assertThat(limits.concurrentRequests()).hasValue(3);
    }

    @Test
    void halfOfTheTlsFilesAreRefused() {
        given.refusalWith("SERVER_TLS_CERTIFICATE_FILE", "a").contains("TLS needs both");
        given.refusalWith("SERVER_TLS_PRIVATE_KEY_FILE", "a").contains("TLS needs both");
        given.refusalWith("SERVER_TLS_CLIENT_CA_FILE", "a").contains("TLS needs both");
        given.refusalWith("REDIS_TLS_CERTIFICATE_FILE", "a").contains("redis.tls_private_key_file");
        given.refusalWith("REDIS_TLS_CA_FILE", "absent.pem").contains("absent.pem", "can read");
        given.refusalWith("REDIS_MEMORY_HIGH_PERCENT", "101").contains("redis.memory_high_percent");
    }

    @Test
    void anExpirationUnderTwiceTheIntervalIsRefused() {
        given.refusalWith("REDIS_KEY_EXPIRATION_SECONDS", "119", "DRAINER_INTERVAL_SECONDS", "60")
                .contains("redis.key_expiration_seconds", "119", "drainer.interval_seconds");

        given.environment.put("REDIS_KEY_EXPIRATION_SECONDS", "120");
        assertThat(given.read().redis().keyExpiration()).isEqualTo(Duration.ofSeconds(120));
    }

    @Test
    void aLedgerThatMayEndBeforeADeadReplicasWorkIsTakenOverIsRefused() {
        given.refusalWith("DRAINER_LEDGER_SECONDS", "120", "DRAINER_LEASE_SECONDS", "30")
                .contains("drainer.ledger_seconds", "120", "drainer.lease_seconds");

        given.environment.put("DRAINER_LEDGER_SECONDS", "121");
        assertThat(given.read().drainer().ledgerLife()).isEqualTo(Duration.ofSeconds(121));
    }

    @Test
    void aLivenessLimitThatALegitimateWaitReachesIsRefused() {
        given.refusalWith("OBSERVE_LIVENESS_SECONDS", "22")
                .contains("observe.liveness_seconds", "22.0 s");
        given.refusalWith("DRAINER_REDIS_TIMEOUT_MS", "29000")
                .contains("observe.liveness_seconds", "60.0 s");
        given.refusalWith("REDIS_TIMEOUT_MS", "30000")
                .contains("observe.liveness_seconds", "62.0 s");
        given.refusalWith("DRAINER_FILE_LOCK_TIMEOUT_MS", "40000")
                .contains("observe.liveness_seconds", "60.0 s");

        given.environment.clear();
        given.environment.put("OBSERVE_LIVENESS_SECONDS", "23");
        assertThat(given.read().observe().livenessLimit()).isEqualTo(Duration.ofSeconds(23));
    }

    @Test
    void aBatchLimitBelowThatOfOneEventAndAQueueTooSmallForBatchesAreRefused() {
        given.refusalWith("SERVER_MAX_BATCH_BYTES", "1000", "SERVER_MAX_BODY_BYTES", "1001")
                .contains("server.max_batch_bytes", "server.max_body_bytes");
        given.refusalWith("REDIS_PUSH_QUEUE_BYTES_MAX", Integer.toString(4 * 16777216 - 1))
                .contains("redis.push_queue_bytes_max", "server.max_batch_bytes");
    }

    @Test
    void aSyncOfAnotherNameAndLessMemoryThanOneBatchAreRefused() {
        given.refusalWith("DRAINER_SYNC", "none")
                .contains("drainer.sync", "file or filesystem", "none");
        given.refusalWith("DRAINER_SYNC", "file", "DRAINER_MEMORY_BYTES_MAX", "4194303")
                .contains("drainer.memory_bytes_max", "drainer.batch_bytes_max (4194304)");

        given.environment.clear();
        given.environment.put("DRAINER_SYNC", "filesystem");
        assertThat(given.read().drainer().sync()).isEqualTo(Sync.FILESYSTEM);
    }
}
