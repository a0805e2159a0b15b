package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.SharedRedis;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whose a lease is. */
class LeasesTest {
    private static final Duration LEASE = Duration.ofSeconds(60);

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();
    private static Leases leases;

    @BeforeAll
    static void connect() {
        leases = new Leases(redis.link());
    }

    @Test
    void oneLeadsUntilItGivesTheLeaseBack() throws Exception {
        assertThat(leases.leadSweep("one", LEASE)).isTrue();
        assertThat(leases.leadSweep("two", LEASE)).isFalse();
        assertThat(leases.leadSweep("one", LEASE)).isTrue();

        leases.endSweep("one");

        assertThat(leases.leadSweep("two", LEASE)).isTrue();
    }

    @Test
    void nobodyGivesAnothersLeaseBack() throws Exception {
        leases.leadSweep("one", LEASE);

        leases.endSweep("two");

        assertThat(leases.leadSweep("two", LEASE)).isFalse();
    }

    @Test
    void replicasOfOneVolumeShareItsLeaseAndOthersAreToldWhoseItIs() throws Exception {
        assertThat(leases.volume("a", LEASE)).isEmpty();
        assertThat(leases.volume("a", LEASE)).isEmpty();
        assertThat(leases.volume("b", LEASE)).contains("a");
    }

    @Test
    void aLeaseEndsByItselfAndEachRenewalGivesItsFullTime() throws Exception {
        leases.volume("a", Duration.ofSeconds(5));
        assertThat(redis.server().pttl("logs:volume")).isBetween(1L, 5_000L);

        leases.volume("a", LEASE);

        assertThat(redis.server().pttl("logs:volume")).isBetween(5_001L, LEASE.toMillis());
    }

    @Test
    void aStoreKeepsTheIdThatItWasGivenFirst() throws Exception {
        String id = leases.store();

        assertThat(id).isNotEmpty();
        assertThat(leases.store()).isEqualTo(id);
    }
}
